/* A tally sheet adds up while it is filled in. The server checks the same sums; the page works without this. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-count]");
  if (!form) return;
  var said = form.querySelector("[data-count-ballots]");

  function number(name) {
    var field = form.elements[name];
    return field && field.value !== "" ? Number(field.value) : null;
  }

  function ballots() {
    var issued = number("issued"), collected = number("collected"), valid = number("valid"), spoilt = number("void");
    var wrong = "";
    if (issued !== null && collected !== null && collected > issued) wrong = "收回多于发出：这次选举无效。";
    else if (collected !== null && valid !== null && spoilt !== null && valid + spoilt !== collected) {
      wrong = "有效加无效是 " + (valid + spoilt) + " 张，收回 " + collected + " 张，还对不上。";
    }
    said.textContent = wrong || (valid !== null && spoilt !== null && collected !== null ? "选票对得上。" : said.dataset.still);
    said.className = wrong ? "founding-off" : "muted";
  }

  function sums() {
    var valid = number("valid");
    Array.prototype.forEach.call(form.querySelectorAll("[data-count-sum]"), function (output) {
      var key = output.dataset.countSum, any = false;
      var sum = ["yes_", "no_", "abstain_"].reduce(function (all, part) {
        var value = number(part + key);
        any = any || value !== null;
        return all + (value || 0);
      }, 0);
      output.textContent = any ? String(sum) : "—";
      output.className = any && valid !== null && sum !== valid ? "founding-off" : "";
    });
  }

  said.dataset.still = said.textContent;
  form.addEventListener("input", function () { ballots(); sums(); });
  ballots();
  sums();
})();
