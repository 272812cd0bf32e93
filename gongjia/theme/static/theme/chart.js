/* Draws each figure.chart-box from its own JSON; the table stays one tap away. */
(function () {
  "use strict";
  var style = getComputedStyle(document.documentElement);
  var FONT = getComputedStyle(document.body).fontFamily;
  var large = document.documentElement.dataset.print === "large";
  var SIZE = large ? 16 : 13;
  var still = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches;

  function token(name) { return style.getPropertyValue(name).trim(); }

  // Earths and inks; red is for the one place or step that the page is about. Series differ in lightness, lines in mark.
  var RED = token("--red");
  var COLOURS = ["#7c6c59", "#c8b799", token("--blue"), "#9db3c3", "#3f382f"];
  var STEPS = ["#8a7963", "#a3927b", "#b9aa94", "#cdc1af", "#ded5c7"];
  var MARKS = ["circle", "rect", "triangle", "diamond", "roundRect"];
  var text = { color: token("--ink-2"), fontFamily: FONT, fontSize: SIZE };

  function shown(value) { return value === null || value === undefined ? "未知" : Number(value).toLocaleString("zh-CN"); }

  function marked(values, data) {
    if (data.kind === "line") return values;
    return values.map(function (value, at) {
      return data.labels[at] === data.mark ? { value: value, itemStyle: { color: RED } } : value;
    });
  }

  function funnel(data) {
    var values = data.series[0].values;
    return {
      series: [{
        type: "funnel", sort: "none", gap: 3, left: "2%", right: "34%", top: 4, bottom: 4, minSize: "4%",
        label: { position: "right", formatter: function (p) { return p.name + "  " + shown(p.value); }, color: token("--ink"), fontFamily: FONT, fontSize: SIZE },
        labelLine: { show: false },
        data: data.labels.map(function (name, at) {
          return { name: name, value: values[at], itemStyle: { color: name === data.mark ? RED : STEPS[Math.min(at, 4)], borderWidth: 0 } };
        })
      }]
    };
  }

  function axes(data) {
    var lying = data.kind === "rows";
    var names = { type: "category", data: data.labels, inverse: lying, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line") } }, axisLabel: text };
    var whole = data.series.every(function (each) { return each.values.every(function (value) { return value % 1 === 0; }); });  // null too
    var numbers = { type: "value", splitNumber: 4, minInterval: whole ? 1 : 0, splitLine: { lineStyle: { color: token("--line") } }, axisLabel: text };
    return {
      grid: { left: 4, right: 28, top: data.series.length > 1 ? 40 : 12, bottom: 4, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: text } : undefined,
      tooltip: {
        trigger: "axis", renderMode: "richText", axisPointer: { type: data.kind === "line" ? "line" : "shadow", shadowStyle: { color: "rgba(112,103,92,.08)" }, lineStyle: { color: token("--edge") } },
        backgroundColor: token("--ink"), borderWidth: 0, textStyle: { color: "#fff", fontFamily: FONT, fontSize: SIZE },
        formatter: function (points) {
          return points[0].name + points.map(function (p) { return "\n" + p.seriesName + "  " + shown(p.value) + " " + data.unit; }).join("");
        }
      },
      xAxis: lying ? numbers : names,
      yAxis: lying ? names : numbers,
      color: data.kind === "line" ? [RED].concat(COLOURS) : COLOURS,
      series: data.series.map(function (each, at) {
        return {
          name: each.name, type: data.kind === "line" ? "line" : "bar", data: marked(each.values, data), stack: data.kind === "stack" ? "all" : undefined,
          barMaxWidth: 26, barGap: "18%", symbol: MARKS[at % MARKS.length], symbolSize: 7, connectNulls: false, lineStyle: { width: 2 },
          itemStyle: { borderRadius: data.kind === "bar" ? [3, 3, 0, 0] : data.kind === "rows" ? [0, 3, 3, 0] : 0 }
        };
      })
    };
  }

  function draw(figure) {
    var canvas = figure.querySelector(".chart-canvas");
    if (!canvas || figure.dataset.drawn) return;
    var data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    figure.dataset.drawn = "1";
    canvas.hidden = false;
    if (data.kind === "rows" || data.kind === "funnel") canvas.style.height = Math.max(9, data.labels.length * (large ? 2.4 : 2.25) + 2.5) + "rem";
    var chart = window.echarts.init(canvas, null, { renderer: "canvas" });
    var option = data.kind === "funnel" ? funnel(data) : axes(data);
    option.animation = !still;
    option.animationDuration = 400;
    chart.setOption(option);
    figure.querySelector(".chart-data").open = false;
    if (window.ResizeObserver) new ResizeObserver(function () { chart.resize(); }).observe(canvas);
  }

  function drawAll() {
    if (window.echarts) Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), draw);
  }
  drawAll();
  document.addEventListener("htmx:afterSwap", drawAll);
})();
