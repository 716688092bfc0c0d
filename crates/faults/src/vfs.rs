//! The C side: SQLite's VFS and file methods over the model of the disk.
//!
//! Every function here is called by SQLite with pointers it got from us, under the contract of
//! <https://www.sqlite.org/c3ref/vfs.html> and <https://www.sqlite.org/c3ref/io_methods.html>.

use std::cell::UnsafeCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use crate::disk::{Call, Code, Fault, State};

/// How many lock slots the shared memory of a write-ahead log has.
const SLOTS: usize = 8;

/// What the VFS and the test share. SQLite's registration holds one count of it until `Disk` and
/// every connection are gone; the registration itself stays for the life of the process.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Whether syncs have to wait, and how many do.
    held: Mutex<(bool, u32)>,
    let_go: Condvar,
}

/// The memory that connections share as the index of a write-ahead log.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    regions: Mutex<Vec<Region>>,
    slots: Mutex<[Slot; SLOTS]>,
}

#[derive(Debug)]
struct Region(Box<[UnsafeCell<u64>]>);

// SAFETY: SQLite coordinates access to the regions by its own locks and barriers; Rust code only
// hands out their addresses.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

#[derive(Debug, Default, Clone, Copy)]
struct Slot {
    shared: u32,
    exclusive: bool,
}

/// An open file.
struct Handle {
    disk: Arc<Shared>,
    id: u64,
    ino: u64,
    generation: u64,
    level: c_int,
    memory: Option<Arc<Memory>>,
    held_shared: [bool; SLOTS],
    held_exclusive: [bool; SLOTS],
    delete_on_close: Option<String>,
    /// A journal or log that was opened to be made if absent: its first sync syncs the directory, as
    /// SQLite's unix VFS does.
    directory_due: bool,
    /// The failed syncs of the file that this handle knows of.
    failed_syncs_seen: u64,
}

/// What SQLite allocates per open file.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

impl Shared {
    /// Registers a VFS of that name.
    pub fn register(name: &str) -> Arc<Self> {
        let shared = Arc::new(Self {
            state: Mutex::new(State::default()),
            held: Mutex::new((false, 0)),
            let_go: Condvar::new(),
        });
        let name = CString::new(name).expect("a VFS name without NUL").into_raw();
        let app_data = Arc::into_raw(Arc::clone(&shared)).cast_mut().cast::<c_void>();
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: c_int::try_from(size_of::<File>()).expect("a small struct"),
            mxPathname: 512,
            pNext: ptr::null_mut(),
            zName: name,
            pAppData: app_data,
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure and its name live for ever, and are not the default VFS.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite registers the VFS");
        shared
    }

    /// The disk, for the length of one call.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes syncs wait, or lets them go on.
    pub fn hold_syncs(&self, hold: bool) {
        self.held().0 = hold;
        self.let_go.notify_all();
    }

    /// How many syncs wait.
    pub fn waiting_syncs(&self) -> u32 {
        self.held().1
    }

    fn wait_while_held(&self) {
        let mut held = self.held();
        held.1 += 1;
        let waited = self.let_go.wait_while(held, |held| held.0);
        waited.unwrap_or_else(PoisonError::into_inner).1 -= 1;
    }

    fn held(&self) -> MutexGuard<'_, (bool, u32)> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

impl Handle {
    /// Counts a call on this file. Dead handles and a disk without power answer with an I/O error.
    fn arrive<'s>(
        &self,
        state: &mut MutexGuard<'s, State>,
        call: Call,
    ) -> Result<Option<Fault>, Code> {
        if self.generation != state.generation {
            return Err(ffi::SQLITE_IOERR);
        }
        state.arrive(call)
    }

    /// Whether the handle still belongs to the running system.
    fn lives(&self, state: &State) -> bool {
        self.generation == state.generation && state.is_on()
    }
}

/// The disk of a VFS.
///
/// # Safety
/// `vfs` is one that [`Shared::register`] made.
unsafe fn disk_of(vfs: *mut ffi::sqlite3_vfs) -> Arc<Shared> {
    // SAFETY: `pAppData` came from `Arc::into_raw` and its count is never given back.
    unsafe {
        let shared = (*vfs).pAppData.cast_const().cast::<Shared>();
        Arc::increment_strong_count(shared);
        Arc::from_raw(shared)
    }
}

/// The handle of a file SQLite has open.
///
/// # Safety
/// `file` was opened by [`open`] and not closed; SQLite uses a file from one thread at a time.
unsafe fn handle_of<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Handle {
    // SAFETY: see above.
    unsafe { &mut *(*file.cast::<File>()).handle }
}

/// # Safety
/// `text` is null or a C string.
unsafe fn name_of(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: see above.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

fn size(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(0)
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives valid pointers; `file` has room for a `File`.
    unsafe {
        (*file).pMethods = ptr::null();
        let disk = disk_of(vfs);
        let name = name_of(name);
        match open_handle(&disk, name.as_deref(), flags) {
            Ok(handle) => {
                let file = file.cast::<File>();
                (*file).handle = Box::into_raw(Box::new(handle));
                (*file).base.pMethods = &raw const METHODS;
                if !out_flags.is_null() {
                    *out_flags = flags;
                }
                ffi::SQLITE_OK
            }
            Err(code) => code,
        }
    }
}

fn open_handle(disk: &Arc<Shared>, name: Option<&str>, flags: c_int) -> Result<Handle, Code> {
    let mut state = disk.state();
    let found = name.and_then(|name| state.find(name));
    let creates = found.is_none() && flags & ffi::SQLITE_OPEN_CREATE != 0;
    let call = if creates { Call::Change } else { Call::Read };
    match state.arrive(call)? {
        Some(Fault::Full) if creates => return Err(ffi::SQLITE_FULL),
        Some(_) => return Err(ffi::SQLITE_CANTOPEN),
        None => {}
    }
    let ino = match found {
        Some(ino) => ino,
        None if creates => state.create(name),
        None => return Err(ffi::SQLITE_CANTOPEN),
    };
    let journal =
        ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
    let delete_on_close = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
    Ok(Handle {
        disk: Arc::clone(disk),
        id: state.fresh(),
        ino,
        generation: state.generation,
        level: ffi::SQLITE_LOCK_NONE,
        memory: None,
        held_shared: [false; SLOTS],
        held_exclusive: [false; SLOTS],
        delete_on_close: name.filter(|_| delete_on_close).map(ToOwned::to_owned),
        directory_due: flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & journal != 0,
        failed_syncs_seen: state.inode(ino).map_or(0, |inode| inode.failed_syncs),
    })
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_directory: c_int,
) -> c_int {
    // SAFETY: SQLite gives valid pointers.
    let (disk, name) = unsafe { (disk_of(vfs), name_of(name).unwrap_or_default()) };
    let mut state = disk.state();
    if state.find(&name).is_none() {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    match state.arrive(Call::Change) {
        Ok(None) => {}
        Ok(Some(_)) => return ffi::SQLITE_IOERR_DELETE,
        Err(code) => return code,
    }
    state.delete(&name);
    if sync_directory != 0 {
        match state.arrive(Call::Sync) {
            Ok(None) => state.sync_directory(),
            Ok(Some(_)) => return ffi::SQLITE_IOERR_DIR_FSYNC,
            Err(code) => return code,
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives valid pointers.
    unsafe {
        let disk = disk_of(vfs);
        let name = name_of(name).unwrap_or_default();
        let found = disk.state().find(&name).is_some();
        *out = c_int::from(found);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite gives a C string and `room` bytes.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > size(room) {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast::<c_char>(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

/// The operating system's VFS, for the clock and randomness.
fn system() -> *mut ffi::sqlite3_vfs {
    // SAFETY: finding the default VFS has no conditions.
    unsafe { ffi::sqlite3_vfs_find(ptr::null()) }
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, room: c_int, out: *mut c_char) -> c_int {
    let system = system();
    // SAFETY: the default VFS has this method and gets the caller's buffer.
    unsafe { (*system).xRandomness.map_or(0, |method| method(system, room, out)) }
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    std::thread::sleep(std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0)));
    micros
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    let system = system();
    // SAFETY: as above.
    unsafe { (*system).xCurrentTime.map_or(ffi::SQLITE_ERROR, |method| method(system, out)) }
}

unsafe extern "C" fn current_time_int64(
    _: *mut ffi::sqlite3_vfs,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    let system = system();
    // SAFETY: as above.
    unsafe { (*system).xCurrentTimeInt64.map_or(ffi::SQLITE_ERROR, |method| method(system, out)) }
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once.
    let mut handle = unsafe { Box::from_raw((*file.cast::<File>()).handle) };
    forget_memory(&mut handle);
    let mut state = handle.disk.state();
    if handle.generation == state.generation {
        if let Some(inode) = state.inode(handle.ino) {
            inode.locks.lower(handle.id, ffi::SQLITE_LOCK_NONE);
            // Nobody else has the memory: the next to open finds it empty, as after a restart.
            inode.memory.take_if(|memory| Arc::strong_count(memory) == 1);
        }
        if let Some(name) = &handle.delete_on_close {
            state.delete(name);
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite gives `amount` bytes of room.
    let (handle, out) = unsafe {
        (handle_of(file), std::slice::from_raw_parts_mut(out.cast::<u8>(), size(amount)))
    };
    let mut state = handle.disk.state();
    match handle.arrive(&mut state, Call::Read) {
        Ok(None) => {}
        Ok(Some(_)) => return ffi::SQLITE_IOERR_READ,
        Err(code) => return code,
    }
    let Some(inode) = state.inode(handle.ino) else { return ffi::SQLITE_IOERR_READ };
    let start = size(offset).min(inode.current.len());
    let end = (start + out.len()).min(inode.current.len());
    let found = end - start;
    out[..found].copy_from_slice(&inode.current[start..end]);
    out[found..].fill(0);
    if found < out.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite gives `amount` bytes.
    let (handle, data) =
        unsafe { (handle_of(file), std::slice::from_raw_parts(data.cast::<u8>(), size(amount))) };
    let mut state = handle.disk.state();
    let was_on = state.is_on();
    let (data, result) = match handle.arrive(&mut state, Call::Change) {
        Ok(None) => (data, ffi::SQLITE_OK),
        Ok(Some(Fault::Eio)) => return ffi::SQLITE_IOERR_WRITE,
        Ok(Some(Fault::Full)) => return ffi::SQLITE_FULL,
        Ok(Some(Fault::Short)) => (&data[..data.len() / 2], ffi::SQLITE_IOERR_WRITE),
        // The write that met the power cut may have arrived in part.
        Err(code) if was_on && handle.generation == state.generation => (data, code),
        Err(code) => return code,
    };
    if !state.fits(handle.ino, size(offset) + data.len()) {
        return ffi::SQLITE_FULL;
    }
    let Some(inode) = state.inode(handle.ino) else { return ffi::SQLITE_IOERR_WRITE };
    inode.write(data, size(offset));
    result
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, to: ffi::sqlite3_int64) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.disk.state();
    match handle.arrive(&mut state, Call::Change) {
        Ok(None) => {}
        Ok(Some(_)) => return ffi::SQLITE_IOERR_TRUNCATE,
        Err(code) => return code,
    }
    if let Some(inode) = state.inode(handle.ino) {
        inode.truncate(size(to));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    handle.disk.wait_while_held();
    let mut state = handle.disk.state();
    let fault = match handle.arrive(&mut state, Call::Sync) {
        Ok(fault) => fault,
        Err(code) => return code,
    };
    let Some(inode) = state.inode(handle.ino) else { return ffi::SQLITE_IOERR_FSYNC };
    if fault.is_some() {
        inode.lose_pending();
    }
    if handle.failed_syncs_seen != inode.failed_syncs {
        handle.failed_syncs_seen = inode.failed_syncs;
        return ffi::SQLITE_IOERR_FSYNC;
    }
    inode.sync();
    if handle.directory_due {
        state.sync_directory();
        handle.directory_due = false;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open and `out` valid.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.disk.state();
    match handle.arrive(&mut state, Call::Read) {
        Ok(None) => {}
        Ok(Some(_)) => return ffi::SQLITE_IOERR_FSTAT,
        Err(code) => return code,
    }
    let length = state.inode(handle.ino).map_or(0, |inode| inode.current.len());
    // SAFETY: as above.
    unsafe { *out = ffi::sqlite3_int64::try_from(length).unwrap_or(0) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.disk.state();
    if !handle.lives(&state) {
        return ffi::SQLITE_IOERR_LOCK;
    }
    if handle.level >= level {
        return ffi::SQLITE_OK;
    }
    let Some(inode) = state.inode(handle.ino) else { return ffi::SQLITE_IOERR_LOCK };
    match inode.locks.raise(handle.id, level) {
        Ok(reached) => {
            handle.level = reached;
            ffi::SQLITE_OK
        }
        Err(reached) => {
            handle.level = handle.level.max(reached);
            ffi::SQLITE_BUSY
        }
    }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.disk.state();
    if handle.generation == state.generation
        && let Some(inode) = state.inode(handle.ino)
    {
        inode.locks.lower(handle.id, level);
    }
    handle.level = handle.level.min(level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: the file is open and `out` valid.
    unsafe {
        let handle = handle_of(file);
        let mut state = handle.disk.state();
        if !handle.lives(&state) {
            return ffi::SQLITE_IOERR_CHECKRESERVEDLOCK;
        }
        let reserved = state.inode(handle.ino).is_some_and(|inode| inode.locks.is_reserved());
        *out = c_int::from(reserved);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    // What SQLite's unix VFS says of ordinary disks.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    region_size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: the file is open and `out` valid.
    let handle = unsafe { handle_of(file) };
    // SAFETY: as above.
    unsafe { *out = ptr::null_mut() };
    let memory = match handle.memory.clone() {
        Some(memory) => memory,
        None => {
            let mut state = handle.disk.state();
            if !handle.lives(&state) {
                return ffi::SQLITE_IOERR_SHMMAP;
            }
            let Some(inode) = state.inode(handle.ino) else { return ffi::SQLITE_IOERR_SHMMAP };
            Arc::clone(inode.memory.get_or_insert_default())
        }
    };
    handle.memory = Some(Arc::clone(&memory));
    let mut regions = memory.regions.lock().unwrap_or_else(PoisonError::into_inner);
    while regions.len() <= size(region) {
        if extend == 0 {
            return ffi::SQLITE_OK;
        }
        let words = size(region_size) / size_of::<u64>();
        regions.push(Region((0..words).map(|_| UnsafeCell::new(0)).collect()));
    }
    // SAFETY: as above; the region lives as long as the handle's count of the memory.
    unsafe { *out = regions[size(region)].0[0].get().cast::<c_void>() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let locking = flags & ffi::SQLITE_SHM_LOCK != 0;
    if locking && !handle.lives(&handle.disk.state()) {
        return ffi::SQLITE_IOERR_SHMLOCK;
    }
    let Some(memory) = handle.memory.clone() else { return ffi::SQLITE_IOERR_SHMLOCK };
    let mut slots = memory.slots.lock().unwrap_or_else(PoisonError::into_inner);
    let range = size(offset)..size(offset + count);
    match (locking, flags & ffi::SQLITE_SHM_SHARED != 0) {
        (true, true) => {
            if range.clone().any(|n| slots[n].exclusive) {
                return ffi::SQLITE_BUSY;
            }
            for n in range.filter(|n| !handle.held_shared[*n]).collect::<Vec<_>>() {
                slots[n].shared += 1;
                handle.held_shared[n] = true;
            }
        }
        (true, false) => {
            let taken = |n: usize| {
                let others = slots[n].shared > u32::from(handle.held_shared[n]);
                others || (slots[n].exclusive && !handle.held_exclusive[n])
            };
            if range.clone().any(taken) {
                return ffi::SQLITE_BUSY;
            }
            for n in range {
                slots[n].exclusive = true;
                handle.held_exclusive[n] = true;
            }
        }
        (false, shared) => {
            for n in range {
                release_slot(&mut slots[n], handle, n, shared);
            }
        }
    }
    ffi::SQLITE_OK
}

fn release_slot(slot: &mut Slot, handle: &mut Handle, n: usize, shared: bool) {
    if shared && handle.held_shared[n] {
        slot.shared -= 1;
        handle.held_shared[n] = false;
    }
    if !shared && handle.held_exclusive[n] {
        slot.exclusive = false;
        handle.held_exclusive[n] = false;
    }
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    forget_memory(handle);
    if delete != 0 {
        let mut state = handle.disk.state();
        if handle.generation == state.generation
            && let Some(inode) = state.inode(handle.ino)
        {
            inode.memory = None;
        }
    }
    ffi::SQLITE_OK
}

/// Gives back every slot and the memory itself.
fn forget_memory(handle: &mut Handle) {
    let Some(memory) = handle.memory.take() else { return };
    let mut slots = memory.slots.lock().unwrap_or_else(PoisonError::into_inner);
    for n in 0..SLOTS {
        release_slot(&mut slots[n], handle, n, true);
        release_slot(&mut slots[n], handle, n, false);
    }
}
