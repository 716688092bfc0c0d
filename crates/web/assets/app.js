// Tidings: the common script. Everything on the pages works without it; it keeps drafts, counts down the
// seconds in which a message can be taken back, warns before a session ends, and says when there is news.
// It never writes HTML from strings, keeps nothing in the browser's storage and never takes the focus
// from somebody who is typing.
(() => {
  'use strict';

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  // The same page anew, by GET also where it was the answer to a form.
  const again = () => location.assign(location.pathname + location.search);

  // What was just done is said once, not again when the page is loaded anew.
  const here = new URL(location.href);
  if (here.searchParams.has('done')) {
    here.searchParams.delete('done');
    here.searchParams.delete('act');
    history.replaceState(null, '', here);
  }

  // Form errors take the focus, also where a browser ignores autofocus on a section.
  one('#problems')?.focus();

  // What only works with a script is hidden in the page.
  for (const button of all('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }

  // Session: a warning two minutes before the end. The page says how many seconds are left, not the hour,
  // since the clock of a device can be wrong. Other tabs of the same person keep this one alive.
  const dialog = one('#expiry');
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('tidings-session') : null;
  let ends = 0;
  let shown = false;
  const alive = (seconds, tell) => {
    if (!(seconds > 0)) return;
    ends = Date.now() + seconds * 1000;
    shown = false;
    if (dialog?.open) dialog.close();
    if (tell) tabs?.postMessage(seconds);
  };
  const heard = (response) => alive(Number(response.headers.get('session-seconds')), true);
  if (dialog && document.body.dataset.sessionExpires) {
    alive(Number(document.body.dataset.sessionExpires), true);
    tabs?.addEventListener('message', (event) => alive(Number(event.data), false));
    one('[data-stay]', dialog)?.addEventListener('click', (event) => {
      event.preventDefault();
      fetch(event.currentTarget.href, { credentials: 'same-origin' })
        .then((response) => (response.ok && !response.redirected ? heard(response) : again()))
        .catch(() => dialog.close());
    });
    setInterval(() => {
      const left = ends - Date.now();
      if (left < 0) {
        saveAll().finally(() => again());
      } else if (left < 120_000 && !shown) {
        shown = true;
        saveAll();
        dialog.showModal();
      }
    }, 1000);
  }

  // Drafts: saved two seconds after the last key and at least every five while typing goes on. The form's
  // own fields are posted to data-autosave; the answer is the sentence to show, as plain text.
  // What was saved may name something that cannot wait: whom to call stands beside the field then, unless the page
  // says so already. The server makes the card; the browser reads it as a document of its own. Where there is no
  // answer, or the server asks to be left alone for a moment, the card stays and the text is looked at later.
  const looker = (place) => {
    let request = null;
    let later = 0;
    const look = () => {
      clearTimeout(later);
      request?.abort();
      const asked = new XMLHttpRequest();
      request = asked;
      asked.open('GET', place.dataset.beside);
      asked.responseType = 'document';
      asked.addEventListener('load', () => {
        if (asked.status === 429 || asked.status >= 500) {
          wait(Number(asked.getResponseHeader('retry-after')));
        } else if (asked.status === 200 && new URL(asked.responseURL).pathname === place.dataset.beside) {
          put(place, asked.response && one('section', asked.response));
        }
      });
      asked.addEventListener('error', () => wait(0));
      asked.send();
    };
    const wait = (seconds) => {
      later = setTimeout(look, (seconds || 5) * 1000);
    };
    return look;
  };
  const put = (place, card) => {
    if ((card?.textContent ?? '') === place.textContent) return;
    place.replaceChildren();
    if (card && !one('#urgent-title')) place.append(document.adoptNode(card));
  };
  const savers = [];
  const saveAll = () => Promise.allSettled(savers.map((save) => save()));
  for (const form of all('form[data-autosave]')) {
    const status = one('[data-saved]', form);
    const beside = one('[data-beside]', form);
    const look = beside && looker(beside);
    let timer = 0;
    let first = 0;
    let dirty = false;
    let busy = null;
    const save = (leaving) => {
      clearTimeout(timer);
      if (!dirty) return busy ?? Promise.resolve();
      if (busy && !leaving) return busy.then(() => save());
      dirty = false;
      first = 0;
      busy = fetch(form.dataset.autosave, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        credentials: 'same-origin',
        keepalive: Boolean(leaving),
      })
        .then((response) => {
          if (!response.ok || response.redirected) throw new Error(String(response.status));
          heard(response);
          const version = response.headers.get('draft-version');
          if (version && form.elements.version) form.elements.version.value = version;
          return response.text();
        })
        .then((text) => {
          if (status) status.textContent = text;
          if (!leaving) look?.();
        })
        .catch(() => {
          dirty = true;
          if (status) status.textContent = status.dataset.failed ?? '';
          timer = setTimeout(save, 5000);
        })
        .finally(() => {
          busy = null;
        });
      return busy;
    };
    savers.push(() => save());
    form.addEventListener('input', () => {
      dirty = true;
      first ||= Date.now();
      clearTimeout(timer);
      timer = setTimeout(save, Math.max(0, Math.min(2000, first + 4500 - Date.now())));
    });
    form.addEventListener('submit', () => {
      dirty = false;
      clearTimeout(timer);
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') save(true);
    });
  }

  // Undo: a form that is worth pressing for some seconds only. The number is hidden from screen readers,
  // which have been told the seconds once by the sentence beside it.
  for (const form of all('form[data-undo]')) {
    const until = Date.now() + Number(form.dataset.undo) * 1000;
    const number = one('[data-seconds]', form);
    const tick = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (number) number.textContent = String(Math.max(0, left));
      if (left > 0) return;
      clearInterval(tick);
      const focused = form.contains(document.activeElement);
      form.hidden = true;
      for (const after of all('[data-after-undo]')) after.hidden = false;
      if (focused) one('main')?.focus();
    }, 250);
  }

  // News: the server sends states only, `{"thread", "seq", "words"}`, for what this person may see.
  // Words replace the words shown; a higher number than the page's brings a line with a link, and so
  // does `what` happened, in the page's own words for it. Lists are brought up to date by desk.js.
  const news = one('#news');
  const show = (what) => {
    if (!news) return;
    const said = one('main')?.dataset[`say${what}`] ?? news.dataset.text;
    if (news.childElementCount) {
      news.firstChild.textContent = `${said} `;
      return;
    }
    const text = document.createElement('span');
    text.textContent = `${said} `;
    const link = document.createElement('a');
    link.href = location.pathname + location.search;
    link.textContent = news.dataset.show;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      saveAll().finally(() => again());
    });
    news.append(text, link);
  };
  const listen = (wait) => {
    const stream = new EventSource(document.body.dataset.live);
    const changed = () => document.dispatchEvent(new Event('list'));
    let opened = false;
    stream.addEventListener('open', () => {
      wait = 1000;
      // What came while the line was lost is looked for.
      if (opened) changed();
      opened = true;
    });
    stream.addEventListener('list', changed);
    stream.addEventListener('state', (event) => {
      let state;
      try {
        state = JSON.parse(event.data);
      } catch {
        return;
      }
      if (state.what) {
        show(state.what.charAt(0).toUpperCase() + state.what.slice(1));
        return;
      }
      let known = false;
      for (const place of all('[data-thread]')) {
        if (place.dataset.thread !== state.thread) continue;
        known = true;
        const words = one('[data-words]', place);
        if (words && state.words) words.textContent = state.words;
        if (Number(place.dataset.seq) < state.seq) show();
      }
      if (!known) show();
    });
    // The server ends the stream with this event when the session or the right to see has ended.
    stream.addEventListener('end', () => {
      stream.close();
      saveAll().finally(() => again());
    });
    stream.addEventListener('error', () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(() => listen(Math.min(wait * 2, 60_000)), wait);
    });
  };
  if (document.body.dataset.live && 'EventSource' in window) listen(1000);
})();
