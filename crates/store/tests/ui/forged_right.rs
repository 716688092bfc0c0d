//! A right to write made of a thread's id alone.
// error: Closed` is not satisfied

use domain::ids::ThreadId;
use store::thread::SendRight;

pub struct Mine(ThreadId);

impl<'t> SendRight<'t> for Mine {
    fn thread(&self) -> ThreadId {
        self.0
    }
}
