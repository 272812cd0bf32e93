/* What script adds to officers' pages: lists by keyboard, and the chosen row beside its list. */
(function () {
  "use strict";
  var doc = document;
  var pane = doc.getElementById("pane");
  var said = doc.getElementById("pane-said");
  var wide = window.matchMedia ? matchMedia("(min-width: 1280px)") : { matches: false };
  var soon;

  function on(type, handler) { doc.addEventListener(type, handler); }

  // ── lists by keyboard ──────────────────────────────────────────────────────────────────────────────────────
  function rows() { return Array.prototype.slice.call(doc.querySelectorAll("[data-list] tbody tr")); }

  function here() { return doc.querySelector("[data-list] tr.is-here"); }

  function go(row) {
    var before = here();
    if (before) before.classList.remove("is-here");
    row.classList.add("is-here");
    var link = row.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    showBeside(row, 120);  // who holds the key down reads only where it stops
  }

  // ── cells of a list as in a spreadsheet: up and down change the row, a block that is pasted fills what lies below and
  // to the right. A line goes to the next row that has the first column's cell; cells that are not shown are passed over.
  function sheetOf(cell) {
    return cell.dataset && cell.dataset.field && cell.form && cell.form.hasAttribute("data-paste-down") ? cell.form : null;
  }

  function alike(cell) {
    return Array.prototype.slice.call(cell.form.querySelectorAll('[data-field="' + cell.dataset.field + '"]'));
  }

  function put(cell, text) {
    cell.value = text.trim();
    cell.dispatchEvent(new Event("input", { bubbles: true }));
  }

  on("paste", function (event) {
    var first = event.target;
    if (!sheetOf(first)) return;
    var lines = event.clipboardData.getData("text").replace(/\r?\n$/, "").split(/\r?\n/);
    if (lines.length < 2 && lines[0].indexOf("\t") < 0) return;
    event.preventDefault();
    var cells = alike(first);
    var below = cells.slice(cells.indexOf(first)).slice(0, lines.length);
    var filled = 0;
    below.forEach(function (cell, at) {
      var row = cell.closest("tr");
      lines[at].split("\t").forEach(function (text, by) {
        var column = Number(first.dataset.column) + by;
        var to = by && row ? row.querySelector('[data-column="' + column + '"]') : cell;
        if (by && !to) return;
        put(to, text);
        filled += 1;
      });
    });
    var said = first.form.querySelector("[data-pasted]");
    var rest = lines.length - below.length;
    if (said) said.textContent = "贴好了 " + filled + " 格，还没有保存。" + (rest > 0 ? "多出的 " + rest + " 行没有用上：保存以后，接着贴下一页。" : "");
  });

  on("keydown", function (event) {
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.isComposing || !sheetOf(event.target)) return;
    var cells = alike(event.target);
    var next = cells[cells.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });

  // ── the row beside its list, where there is room; elsewhere its link opens the page ────────────────────────────

  function showBeside(row, wait) {
    if (!pane || !row.dataset.pane || !window.htmx || !wide.matches) return false;
    clearTimeout(soon);
    soon = setTimeout(function () {
      pane.setAttribute("aria-busy", "true");
      window.htmx.ajax("GET", row.dataset.pane, { source: pane, target: pane, swap: "innerHTML" });
    }, wait);
    return true;
  }

  function closeBeside() {
    if (!pane || !pane.querySelector(".brief")) return false;
    var within = pane.contains(doc.activeElement);
    pane.innerHTML = "";
    said.textContent = "";
    var link = here() && here().querySelector("a[href]");
    if (within && link) link.focus();
    return true;
  }

  on("htmx:afterRequest", function (event) { if (event.detail.target === pane) pane.removeAttribute("aria-busy"); });
  on("htmx:afterSwap", function (event) {
    if (event.detail.target !== pane) return;
    var title = pane.querySelector(".brief h2");
    pane.scrollTop = 0;
    said.textContent = title ? "右边是“" + title.textContent + "”的摘要" : "";
    if (here()) here().scrollIntoView({ block: "nearest" });  // the list is narrower now
  });

  on("click", function (event) { if (event.target.closest("[data-close-pane]")) closeBeside(); });

  // A press on a row shows it beside the list; on the row that is shown, or by Enter, its link opens the page.
  on("click", function (event) {
    var row = event.target.closest("[data-list] tr[data-pane]");
    var link = event.target.closest("a, button, input, label");
    if (!row || event.button || !event.detail || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link && (link.tagName !== "A" || !link.closest(".main"))) return;
    if (link && row === here() && pane && pane.querySelector(".brief")) return;
    if (!link && String(window.getSelection())) return;
    if (!showBeside(row, 0)) return;
    event.preventDefault();
    if (here()) here().classList.remove("is-here");
    row.classList.add("is-here");
    var main = row.querySelector(".main a[href]");
    if (main) main.focus({ preventScroll: true });
  });

  function step(by) {
    var list = rows();
    if (!list.length) return;
    var at = list.indexOf(here());
    go(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))]);
  }

  function help(open) {
    var sheet = doc.getElementById("key-help");
    if (!sheet) return;
    sheet.hidden = !open;
    if (open) sheet.querySelector("h2").focus();
  }

  var KEYS = {
    j: function () { step(1); },
    k: function () { step(-1); },
    x: function () {
      var row = here();
      var box = row && row.querySelector(".pick input");
      if (box) box.click();
    },
    "/": function () {
      var search = doc.getElementById("search");
      if (search) search.select();
    },
    "?": function () { help(true); }
  };

  on("keydown", function (event) {
    if (event.key === "Escape") {
      var sheet = doc.getElementById("key-help");
      if (!sheet || sheet.hidden) closeBeside();
      help(false);
      return;
    }
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var keyed = /^[a-z0-9]$/i.test(event.key) && doc.querySelector('[data-key="' + event.key.toLowerCase() + '"]');
    if (keyed) {
      event.preventDefault();
      if (!event.repeat) keyed.click();  // a key held down answers one record, not the next ones
      return;
    }
    var row = here();
    if (event.key === "Enter" && row && row.dataset.url && event.target === doc.body) {
      location.href = row.dataset.url;
    } else if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
})();
