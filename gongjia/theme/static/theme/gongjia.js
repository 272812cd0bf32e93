/* What script adds to pages that work without it. Nothing is stored; nothing leaves the page. */
(function () {
  "use strict";
  var BUSY = "正在提交…";
  var doc = document;

  function all(selector, root) {
    return Array.prototype.slice.call((root || doc).querySelectorAll(selector));
  }

  function on(type, handler) {
    doc.addEventListener(type, handler);
  }

  // ── once only: a second press of the button sends nothing ──────────────────────────────────────────────────
  on("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    var button = event.submitter || form.querySelector("button[type=submit]");
    if (!button || form.target === "_blank") return;
    button.dataset.words = button.innerHTML;
    // After the browser has read the form: a disabled button would not be sent.
    setTimeout(function () {
      button.classList.add("is-busy");
      button.setAttribute("aria-disabled", "true");
      button.textContent = BUSY;
    }, 0);
  });

  function release(root) {
    all("form[data-sent]", root).forEach(function (form) {
      delete form.dataset.sent;
      all(".is-busy", form).forEach(function (button) {
        button.classList.remove("is-busy");
        button.removeAttribute("aria-disabled");
        button.innerHTML = button.dataset.words;
      });
    });
  }
  // The page comes back from the browser's memory with its buttons still busy, and with the number of a form that was
  // sent already: whoever changes it then would be refused. A new number is fetched; what was typed stays.
  window.addEventListener("pageshow", function (event) {
    var sent = doc.querySelector("form[data-sent]");
    release(doc);
    if (event.persisted ? sent : wentBack()) renew();
  });

  function wentBack() {
    var entries = window.performance && performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    return entries.length > 0 && entries[0].type === "back_forward";
  }

  function numbered(root) {
    return all("form[method=post] input[type=hidden][name=key]", root);
  }

  function renew() {
    var old = numbered(doc);
    if (!old.length || !window.fetch || !window.DOMParser) return;
    fetch(location.href, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error("another page");
      return answer.text();
    }).then(function (html) {
      var fresh = numbered(new DOMParser().parseFromString(html, "text/html"));
      if (fresh.length !== old.length) throw new Error("other forms");
      old.forEach(function (field, at) { field.value = fresh[at].value; });
    }).catch(function () {
      // Another page stands here now, and nothing typed is in danger: it is read again. Offline the form stays as it is.
      if (navigator.onLine !== false && !doc.querySelector("form[data-changed]")) location.reload();
    });
  }

  // ── typed text is not lost by leaving ──────────────────────────────────────────────────────────────────────
  on("input", function (event) {
    var form = event.target.form;
    if (form && "unsaved" in form.dataset) form.dataset.changed = "1";
  });
  window.addEventListener("beforeunload", function (event) {
    if (!doc.querySelector("form[data-changed]:not([data-sent])")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // ── what HTMX could not do, in words ───────────────────────────────────────────────────────────────────────
  function say(words) {
    var place = doc.getElementById("notices");
    if (!place) return;
    var box = doc.createElement("div");
    box.className = "notice notice-bad";
    box.setAttribute("role", "alert");
    var text = doc.createElement("div");
    text.className = "notice-text";
    text.textContent = words;
    box.appendChild(text);
    place.replaceChildren ? place.replaceChildren(box) : (place.innerHTML = "", place.appendChild(box));
    place.scrollIntoView({ block: "nearest" });
  }
  on("htmx:sendError", function () { say("网络断开了，刚才的操作没有送到。请检查网络后再试一次。"); });
  on("htmx:timeout", function () { say("等得太久，没有收到回答。请刷新这一页，看看是否已经办好。"); });
  on("htmx:beforeSwap", function (event) {
    var answer = event.detail.xhr;
    // A page that is not ours, such as the proxy's own error, is not shown inside ours.
    if (answer.status >= 400 && answer.status !== 422 && answer.responseText.indexOf("notice") < 0) {
      event.detail.shouldSwap = false;
      say("系统暂时没有办成（" + answer.status + "）。请稍后再试一次。");
    }
  });
  on("htmx:afterRequest", function (event) {
    var from = event.detail.elt;
    release(from.parentNode || doc);
    if (event.detail.successful || !from.classList.contains("loading")) return;
    from.classList.add("has-failed");
    from.removeAttribute("aria-busy");
    from.querySelector("p").textContent = "没有读出来，请刷新这一页再试。";
  });

  on("keydown", function (event) {
    if (event.key === "Escape") all("details.account[open]").forEach(function (each) { each.open = false; });
  });

  // ── small things ───────────────────────────────────────────────────────────────────────────────────────────
  on("click", function (event) {
    var target = event.target.closest("[data-back], [data-print-page], [data-close]");
    all("details.account[open]").forEach(function (each) { if (!each.contains(event.target)) each.open = false; });
    if (!target) return;
    if ("printPage" in target.dataset) window.print();
    if (target.dataset.close) doc.getElementById(target.dataset.close).hidden = true;
    if ("back" in target.dataset && history.length > 1) {
      event.preventDefault();
      history.back();  // the browser's own way back keeps what was typed
    }
  });

  // A branch of a tree is fetched once, by HTMX; from then on it opens and shuts here, before HTMX hears of it.
  doc.addEventListener("click", function (event) {
    var link = event.target.closest(".tree-fold");
    var node = link && link.closest("li");
    if (!node || !node.querySelector(":scope > .tree-level")) return;
    event.preventDefault();
    event.stopPropagation();
    show(node, !node.classList.contains("is-open"));
  }, true);
  on("htmx:afterSwap", function (event) {
    if (event.detail.elt.classList.contains("tree-node")) show(event.detail.elt, true);
  });

  function show(node, open) {
    node.classList.toggle("is-open", open);
    node.classList.toggle("is-shut", !open);
    node.querySelector(".tree-fold").setAttribute("aria-expanded", String(open));
  }

  // A picture is made smaller before it travels: at most 2000 pixels a side, without where it was taken.
  on("change", function (event) {
    var input = event.target;
    if (!input.dataset || !("shrink" in input.dataset) || !window.createImageBitmap || !window.DataTransfer) return;
    var files = Array.prototype.slice.call(input.files);
    Promise.all(files.map(smaller)).then(function (done) {
      var bag = new DataTransfer();
      done.forEach(function (file) { bag.items.add(file); });
      input.files = bag.files;
    });
  });

  function smaller(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 400000) return file;
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
      var canvas = doc.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          done(new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }));
        }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; });  // the server checks and shrinks again
  }

  all("[data-print-page]").forEach(function (button) { button.hidden = false; });
  var summary = doc.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  if (window.matchMedia && matchMedia("(max-width: 767.98px)").matches) {
    all(".filters-fold").forEach(function (each) { each.open = false; });
  }

  // ── a file is chosen by pressing, or by letting it fall there; without script the browser's own field does ──────
  Array.prototype.forEach.call(doc.querySelectorAll("input.file"), function (input) {
    var area = doc.createElement("div");
    var words = doc.createElement("p");
    var falls = window.matchMedia && matchMedia("(hover: hover)").matches;
    var ask = (falls ? "把文件拖到这里，或者点这里选" : "点这里选文件") + (input.multiple ? "，可以一次选几份" : "");
    function say() {
      var names = Array.prototype.map.call(input.files, function (file) { return file.name; });
      words.textContent = names.join("\n") || ask;
      area.classList.toggle("has-files", names.length > 0);
    }
    area.className = "drop";
    words.setAttribute("aria-live", "polite");
    input.parentNode.insertBefore(area, input);
    area.appendChild(words);
    area.appendChild(input);
    input.addEventListener("change", say);
    say();
  });
})();
