/* Comfort on top of pages that work without it: dialogs, menus, bulk selection, toasts, Ctrl K, one post per press. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler, options) => document.addEventListener(type, handler, options);

  // Dialogs: a link marked data-dialog leads to a confirm page; we show that page's part in place.
  async function openDialog(link) {
    const dialog = $("#dialog");
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return location.assign(link.href);
    dialog.innerHTML = await answer.text();
    if (!$("form", dialog)) return location.assign(link.href);
    dialog.opener = link;
    dialog.showModal();
  }

  on("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && $("#dialog")?.showModal && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openDialog(link).catch(() => location.assign(link.href));
    }
    const close = event.target.closest("dialog [data-close]");
    if (close) {
      event.preventDefault();
      close.closest("dialog").close();
    }
    if (event.target.matches("dialog.c-dialog")) event.target.close();
  });
  on("close", (event) => event.target.opener?.focus(), true);

  // Menus: one open at a time; a press outside or Esc closes it.
  const openMenus = () => $$("details[data-pop][open]");
  on("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // Bulk selection: the header's box ticks all, the bar counts, Esc clears.
  const digits = new Intl.NumberFormat(document.documentElement.dataset.locale || "en");
  const rowsOf = (form) => $$("[data-bulk-row]", form);

  function refreshBulk(form) {
    const rows = rowsOf(form);
    const picked = rows.filter((box) => box.checked).length;
    const all = $("[data-bulk-all]", form);
    if (all) {
      all.checked = picked > 0 && picked === rows.length;
      all.indeterminate = picked > 0 && picked < rows.length;
    }
    const count = $("[data-bulk-count]", form);
    if (count) count.textContent = digits.format(picked);
  }

  on("change", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (!form) return;
    if (event.target.matches("[data-bulk-all]")) rowsOf(form).forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches("[data-bulk-all], [data-bulk-row]")) refreshBulk(form);
  });

  function clearBulk() {
    const forms = $$("form[data-bulk]").filter((form) => rowsOf(form).some((box) => box.checked));
    forms.forEach((form) => {
      rowsOf(form).forEach((box) => (box.checked = false));
      refreshBulk(form);
    });
  }

  // Keys.
  on("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const find = $("[data-find]");
      if (find?.offsetParent) {
        event.preventDefault();
        find.focus();
        find.select();
      }
    }
    if (event.key !== "Escape" || $("dialog[open]")) return;
    const menu = openMenus().pop();
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    } else if (!event.target.matches("input:not([type=checkbox]), textarea, select")) {
      clearBulk();
    }
  });

  // Toasts leave after ten seconds unless read with pointer or keyboard; errors stay.
  function tend(toast) {
    const dismiss = $("[data-dismiss]", toast);
    if (!dismiss || !dismiss.hidden) return;
    dismiss.hidden = false;
    dismiss.addEventListener("click", () => toast.remove());
    if (toast.matches(".error, .warning")) return;
    let clock = setTimeout(() => toast.remove(), 10000);
    const hold = () => clearTimeout(clock);
    const release = () => (clock = setTimeout(() => toast.remove(), 4000));
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", release);
    toast.addEventListener("focusout", release);
  }

  // One post per press: the button says it is busy and keeps its width.
  on("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button?.matches(".c-button")) return;
    button.style.minInlineSize = `${button.offsetWidth}px`;
    if (button.dataset.busy) button.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  });
  // Coming back by the browser's own button finds the page usable again.
  addEventListener("pageshow", () => {
    $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
    $$(".c-button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
  on("htmx:afterRequest", (event) => delete event.target.closest?.("form")?.dataset.sent);

  // Names that suggest themselves.
  const waiting = new WeakMap();
  on("input", (event) => {
    const box = event.target;
    if (!box.dataset?.lookup) return;
    clearTimeout(waiting.get(box));
    waiting.set(box, setTimeout(() => suggest(box), 200));
  });
  async function suggest(box) {
    const url = new URL(box.dataset.lookup, location.href);
    url.searchParams.set("q", box.value);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (answer.ok) box.list.innerHTML = await answer.text();
  }

  // Choices that send themselves, where a button does it without us.
  on("change", (event) => event.target.closest("[data-autosubmit]")?.requestSubmit());
  const hideSpare = (root) => $$("[data-autosubmit] [data-spare]", root).forEach((button) => (button.hidden = true));

  // A button that repeats the choice made: "Yes, on Wed 16 Dec at 14:00".
  const repeat = (choice) => {
    const button = choice.form && $(`[data-repeat="${choice.name}"]`, choice.form);
    if (button) button.textContent = choice.dataset.says;
  };
  on("change", (event) => event.target.dataset?.says && repeat(event.target));

  // What scrolls sideways can be scrolled by keyboard.
  const reach = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  };

  const start = (root) => {
    $$(".c-scroll, .c-board", root).forEach(reach);
    $$("[data-says]:checked", root).forEach(repeat);
    $$("[data-toast]", root).forEach(tend);
    $$("form[data-bulk]", root).forEach(refreshBulk);
    hideSpare(root);
  };
  on("htmx:load", (event) => start(event.detail.elt.parentElement || document));
  start(document);
  $("[data-summary]")?.focus();
})();
