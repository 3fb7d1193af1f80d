"use strict";
(function () {
  var cells = Array.prototype.slice.call(document.querySelectorAll("a.t"));
  var panel = document.getElementById("panel");
  if (!cells.length || !panel) { return; }
  panel.classList.add("live");
  var current = null;
  function box(cell) { return document.getElementById(cell.getAttribute("href").slice(1)); }
  function rove(cell) {
    cells.forEach(function (other) { other.tabIndex = -1; });
    cell.tabIndex = 0;
  }
  function choose(cell, open) {
    if (current) {
      current.classList.remove("on");
      current.removeAttribute("aria-current");
      box(current).classList.remove("on");
    }
    current = cell;
    cell.classList.add("on");
    cell.setAttribute("aria-current", "true");
    box(cell).classList.add("on");
    panel.scrollTop = 0;
    if (open) { panel.classList.add("open"); }
    document.getElementById("hint").hidden = true;
    rove(cell);
  }
  function close() {
    panel.classList.remove("open");
    if (current) { current.focus(); }
  }
  function reveal(cell) {
    var holder = cell.closest("details");
    if (holder) { holder.open = true; }
    cell.scrollIntoView({ block: "center" });
    cell.focus({ preventScroll: true });
    choose(cell, true);
  }
  function next(test) {
    var from = current ? cells.indexOf(current) : -1;
    for (var step = 1; step <= cells.length; step += 1) {
      var cell = cells[(from + step + cells.length) % cells.length];
      if (test(cell)) { reveal(cell); return; }
    }
  }
  function arrive() {
    var cell = location.hash.indexOf("#t") === 0 ? document.getElementById(location.hash.slice(1)) : null;
    if (cell && cells.indexOf(cell) >= 0) { reveal(cell); }
  }
  window.addEventListener("hashchange", arrive);
  cells.forEach(function (cell) {
    cell.addEventListener("click", function (event) { event.preventDefault(); cell.focus(); choose(cell, true); });
    cell.addEventListener("keydown", function (event) {
      var place = cells.indexOf(cell);
      var to = null;
      if (event.key === "ArrowRight" || event.key === "ArrowDown") { to = cells[place + 1]; }
      else if (event.key === "ArrowLeft" || event.key === "ArrowUp") { to = cells[place - 1]; }
      else if (event.key === "Home") { to = cells[0]; }
      else if (event.key === "End") { to = cells[cells.length - 1]; }
      else if (event.key === " ") { event.preventDefault(); choose(cell, true); return; }
      else { return; }
      event.preventDefault();
      if (to) { reveal(to); }
    });
  });
  rove(cells[0]);
  var source = document.getElementById("source");
  if (source) {
    source.addEventListener("click", function () {
      var on = document.getElementById("maps").classList.toggle("source");
      source.setAttribute("aria-pressed", String(on));
      source.textContent = on ? "Hide source markup" : "Show source markup";
    });
  }
  document.querySelectorAll("button[data-jump]").forEach(function (button) {
    button.addEventListener("click", function () {
      var look = button.getAttribute("data-jump");
      var most = 0;
      if (look === "most") {
        cells.forEach(function (cell) { most = Math.max(most, Number(cell.getAttribute("data-n") || 0)); });
        next(function (cell) { return Number(cell.getAttribute("data-n") || 0) === most; });
      } else {
        next(function (cell) { return cell.classList.contains(look); });
      }
    });
  });
  document.getElementById("close").addEventListener("click", close);
  arrive();
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(); } });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (item) { item.open = true; });
  });
})();
