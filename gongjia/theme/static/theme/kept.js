/* A form on a bad connection: what was chosen stays in this phone until the form has arrived. The page works without.
   Kept are codes, counts and days only (data-keep): no name, number or word that was typed, and no picture.

   <form data-kept="a name of its own"> with a hidden `key`, a box [data-kept-box] hidden, with words [data-kept-words]
   and a button [data-kept-drop]; data-bound on a form that came back. The view answers the heading X-Kept with the
   address that comes next, as JSON {"next": …}, and anything else with the page. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-kept]");
  if (!form || !window.fetch || !window.FormData) return;
  var NAME = "gongjia." + form.dataset.kept;
  var MOST_DAYS = 14;
  var box = form.querySelector("[data-kept-box]");
  var words = form.querySelector("[data-kept-words]");
  var button = form.querySelector("button[type=submit]");
  var label = button.textContent;

  function read() {
    try {
      var kept = JSON.parse(localStorage.getItem(NAME));
      if (kept && Date.now() - kept.at < MOST_DAYS * 86400000) return kept;
      localStorage.removeItem(NAME);
    } catch (error) { /* a phone that keeps nothing */ }
    return null;
  }

  function keep() {
    var values = [];
    Array.prototype.forEach.call(form.querySelectorAll("[data-keep]"), function (each) {
      if (/^(radio|checkbox)$/.test(each.type)) {
        if (each.checked) values.push([each.name, each.value]);
      } else {
        values.push([each.name, each.value]);
      }
    });
    try {
      localStorage.setItem(NAME, JSON.stringify({ at: Date.now(), key: form.elements.key.value, values: values }));
    } catch (error) { /* the form itself still holds it */ }
  }

  function forget() {
    try { localStorage.removeItem(NAME); } catch (error) { /* nothing was kept */ }
  }

  function say(text) {
    words.textContent = text;
    box.hidden = false;
    box.scrollIntoView({ block: "center" });
  }

  function restore(kept) {
    form.elements.key.value = kept.key;
    Array.prototype.forEach.call(form.querySelectorAll("[data-keep]"), function (each) {
      var mine = kept.values.filter(function (pair) { return pair[0] === each.name; });
      if (/^(radio|checkbox)$/.test(each.type)) {
        each.checked = mine.some(function (pair) { return pair[1] === each.value; });
      } else if (mine.length) {
        each.value = mine[0][1];
      }
    });
    say("上次填的还没有发出，选过的已经填回来。写的字没有留在手机上，请补上再发。");
  }

  function rest() {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }

  function send() {
    var aborted = window.AbortController ? new AbortController() : null;
    var clock = setTimeout(function () { if (aborted) aborted.abort(); }, 30000);
    fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Kept": "1" },
      credentials: "same-origin",
      redirect: "manual",
      signal: aborted ? aborted.signal : undefined
    }).then(function (answer) {
      clearTimeout(clock);
      var isOurs = answer.ok && (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      if (!isOurs) return null;
      return answer.json();
    }).then(function (said) {
      form.dataset.sent = "1"; // leaving loses nothing now
      if (said) {
        forget();
        window.location.assign(said.next);
      } else {
        form.submit(); // what is wrong is said by the page itself; what was chosen stays kept until the form arrives
      }
    }).catch(function () {
      clearTimeout(clock);
      rest();
      say("没有发出去：现在没有信号。这一页先别关，有信号时再按一次“" + label + "”；就算关了，选过的也还在手机上。");
    });
  }

  form.addEventListener("change", keep);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    keep();
    button.classList.add("is-busy");
    button.setAttribute("aria-disabled", "true");
    button.textContent = "正在提交…";
    send();
  });
  form.querySelector("[data-kept-drop]").addEventListener("click", function () {
    forget();
    form.dataset.sent = "1";
    window.location.assign(window.location.pathname);
  });
  var kept = read();
  if (kept && !("bound" in form.dataset)) restore(kept);
})();
