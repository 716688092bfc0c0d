// Keys of the staff side. Every key presses a button, follows a link or focuses a field that is on
// the page anyway, so nothing is lost without this script. Single letters work only where the page
// says data-keys (WCAG 2.2, 2.1.4); keys with Ctrl or Alt always do.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const single = one("[data-keys]") !== null;
  const dialog = one("#keys");
  let wantsGo = 0;

  const typing = (target) =>
    target.closest("input:not([type=submit], [type=checkbox]), textarea, select, [contenteditable]") !== null;

  // Shows the field, opens what hides it, and puts the cursor there.
  const enter = (selector) => {
    const field = one(selector);
    if (!field) return false;
    field.scrollIntoView({ block: "center" });
    field.focus();
    return true;
  };

  const openAct = (key) => {
    const act = one(`details[data-act="${key}"]`);
    if (!act) return false;
    act.open = true;
    const field = act.querySelector("select, input:not([type=hidden])");
    if (field) field.focus();
    return true;
  };

  // Moves between the rows of the list; from nowhere, to the open row or the first.
  const move = (step) => {
    const links = [...document.querySelectorAll(".row-link")].filter((a) => a.checkVisibility());
    if (links.length === 0) return false;
    const row = document.activeElement.closest("tr");
    let at = links.findIndex((a) => a === document.activeElement || row && a.closest("tr") === row);
    if (at < 0) {
      const open = links.findIndex((a) => a.hasAttribute("aria-current"));
      at = open < 0 ? (step > 0 ? -1 : links.length) : open;
    }
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };

  const press = (selector) => {
    const button = one(selector);
    if (!button) return false;
    button.click();
    return true;
  };

  // Several rows: the boxes and the bar are one form, which works without this. Here are the count, ranges
  // and keys.
  const bar = one("#bulk");
  const boxes = () => [...document.querySelectorAll("#list input[name=chosen]")];
  const every = () => one("#list [data-all]");
  let before = null;
  const tell = (more = "") => {
    if (!bar) return;
    const chosen = boxes().filter((box) => box.checked).length;
    bar.classList.toggle("is-up", chosen > 0);
    const words = chosen === 1 ? bar.dataset.one : bar.dataset.many;
    one("#bulk-count").textContent = chosen > 0 ? `${words.replace(/\d+/, String(chosen))}. ${more}`.trim() : more;
    const all = every();
    if (!all) return;
    all.hidden = false;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  const choose = (to, which = boxes()) => {
    for (const box of which) box.checked = to;
    tell();
    return which.length > 0;
  };
  const chooseAll = () => choose(boxes().some((box) => !box.checked));
  const chooseRow = () => {
    if (!bar) return false;
    if (!document.activeElement.closest("#list tr")) move(1);
    const box = document.activeElement.closest("#list tr")?.querySelector("input[name=chosen]");
    return box ? choose(!box.checked, [box]) : false;
  };
  if (bar) {
    document.addEventListener("click", (event) => {
      if (event.target.matches?.("#list [data-all]")) return choose(event.target.checked);
      if (!event.target.matches?.("#list input[name=chosen]")) return;
      const all = boxes();
      const [from, to] = [all.indexOf(before), all.indexOf(event.target)].sort((a, b) => a - b);
      const range = event.shiftKey && from >= 0 ? all.slice(from, to + 1) : [event.target];
      before = event.target;
      choose(event.target.checked, range);
    });
    const clear = one("[data-clear]");
    clear.hidden = false;
    clear.addEventListener("click", () => choose(false) && (one("#list .row-link") ?? one("#list")).focus());
    // Enter in a field of an act presses that act's button, never another one's.
    bar.addEventListener("keydown", (event) => {
      const act = event.key === "Enter" && event.target.matches("input, select") && event.target.closest(".act-form");
      if (!act) return;
      event.preventDefault();
      act.querySelector("button").click();
    });
    window.addEventListener("pageshow", () => tell());
    tell();
  }

  const help = () => {
    if (!dialog || typeof dialog.showModal !== "function") return press("#keys-link");
    if (!dialog.open) dialog.showModal();
    return true;
  };

  const plain = {
    j: () => move(1),
    k: () => move(-1),
    r: () => enter("#body"),
    m: () => enter("#note"),
    a: () => openAct("a"),
    e: () => openAct("e"),
    h: () => openAct("h"),
    z: () => press("form[data-undo]:not([hidden]) button"),
    x: chooseRow,
    "*": chooseAll,
    "/": () => enter("#find"),
    ";": () => enter("#saved"),
    p: () => press("#offer-go"),
    "?": help,
    g: () => {
      wantsGo = Date.now();
      return true;
    },
  };
  for (const level of ["1", "2", "3", "4"]) {
    plain[level] = () => press(`button[data-level="${level}"]`);
  }

  // The other send key of each text: Ctrl+Enter sends a message, Alt+Enter saves a note, never both.
  const sends = (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLTextAreaElement)) return false;
    const id = event.altKey
      ? event.target.dataset.note
      : (event.ctrlKey || event.metaKey) && event.target.dataset.primary;
    return id ? press(`#${id}`) : false;
  };

  // A semicolon where a word of the reply begins goes to the saved replies; Enter there puts one in.
  const saved = (event) => {
    const field = event.target;
    if (field.id === "saved") return event.key === "Enter" && press("#saved-go");
    if (!single || event.key !== ";" || field.id !== "body") return false;
    return /(^|\s)$/.test(field.value.slice(0, field.selectionStart)) && enter("#saved");
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (sends(event) || saved(event)) return event.preventDefault();
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.key === "Escape" && bar && !(dialog && dialog.open)) return choose(false);
    if (event.key === "Enter" && event.target.matches("#list input[name=chosen]")) {
      event.preventDefault();
      return event.target.closest("tr").querySelector(".row-link").click();
    }
    if (!single || event.ctrlKey || event.altKey || event.metaKey) return;
    if (typing(event.target) || (dialog && dialog.open) || event.repeat && !/[jk]/.test(event.key)) return;
    if (wantsGo && Date.now() - wantsGo < 1500) {
      wantsGo = 0;
      if (/^[a-z]$/.test(event.key) && press(`a[data-go="${event.key}"]`)) return event.preventDefault();
    }
    wantsGo = 0;
    const act = Object.hasOwn(plain, event.key) && plain[event.key];
    if (act && act()) event.preventDefault();
  });

  // The list, its count and the rail are fetched anew when the server says that they changed: no row
  // moves under a pointer, the focus stays on its row, and nothing that is typed is touched.
  const list = one("#list");
  const listNews = one("#list-news");
  const fresh = new Set();
  let timer = 0;
  let last = 0;
  const unread = (root) =>
    new Map([...root.querySelectorAll("[data-row][data-seq]")].map((row) => [row.dataset.row, Number(row.dataset.seq)]));

  const count = (page) => {
    const known = unread(list);
    for (const [row, seq] of unread(page)) {
      if (!(known.get(row) >= seq)) fresh.add(row);
    }
    const text = listNews && (fresh.size === 1 ? listNews.dataset.one : listNews.dataset.many);
    if (text && fresh.size > 0) listNews.textContent = text.replace(/\d+/, String(fresh.size));
  };

  const put = (page) => {
    const active = document.activeElement;
    const focused = list.contains(active) ? active.getAttribute("href") ?? "" : null;
    const open = list.querySelector("[aria-current]")?.getAttribute("href");
    const chosen = boxes().filter((box) => box.checked).map((box) => box.value);
    const atBox = document.activeElement.closest("#list tr")?.dataset.row;
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (next && (part === list || !part.contains(active))) part.replaceChildren(...next.childNodes);
    }
    const links = [...list.querySelectorAll("a[href]")];
    const at = (href) => links.find((link) => link.getAttribute("href") === href);
    if (open && at(open)) {
      at(open).setAttribute("aria-current", "true");
      at(open).closest("tr")?.classList.add("is-open");
    }
    // What changed since it was chosen is chosen again by who has seen how.
    const still = boxes().filter((box) => chosen.includes(box.value));
    for (const box of still) box.checked = true;
    tell(still.length < chosen.length ? bar?.dataset.changed : "");
    if (focused === "" && atBox && one(`#list tr[data-row="${atBox}"] input`)) {
      one(`#list tr[data-row="${atBox}"] input`).focus({ preventScroll: true });
    } else if (focused !== null) (at(focused) ?? list).focus({ preventScroll: true });
  };

  const refresh = () => {
    last = Date.now();
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname === "/work" ? location.pathname + location.search : list.dataset.list);
    request.responseType = "document";
    // Nobody did anything: the session's time runs on.
    request.setRequestHeader("tidings-background", "1");
    request.addEventListener("load", () => {
      const page = request.response;
      if (request.status !== 200 || !page?.getElementById("list")) return;
      count(page);
      if (list.matches(":hover")) {
        list.addEventListener("pointerleave", () => put(page), { once: true });
      } else {
        put(page);
      }
    });
    request.send();
  };

  const soon = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") return;
    timer = setTimeout(refresh, Math.max(200, last + 2000 - Date.now()));
  };
  let stale = false;
  if (list) {
    document.addEventListener("list", () => {
      stale = document.visibilityState === "hidden";
      soon();
    });
    document.addEventListener("visibilitychange", () => {
      if (stale) soon();
      stale = false;
    });
  }

  const link = one("#keys-link");
  if (link && dialog && dialog.showModal) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      help();
    });
  }

  // Only one panel of the bar at a time, also in browsers that do not know details[name].
  for (const act of document.querySelectorAll("details.act")) {
    act.addEventListener("toggle", () => {
      if (!act.open) return;
      for (const other of document.querySelectorAll("details.act[open]")) {
        if (other !== act) other.open = false;
      }
    });
  }
})();
