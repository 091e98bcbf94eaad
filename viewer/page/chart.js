// SPDX-License-Identifier: MIT
// One chart over time: dygraphs draws the series, we what lies over them (limits, peaks, marks, where
// a leak goes), and say in words what is to be seen.

import {h, setText} from './dom.js';
import {explain} from './explain.js';
import {isKnown, UNKNOWN, when} from './format.js';
import {listen} from './gestures.js';
import {severityOf} from './store.js';

/* global Dygraph */

const NARROW_PX = 560;
const WORDS_FONT = '600 11px system-ui, sans-serif';

// Of what dygraphs brings, axes and grid are used: its legend writes markup and style attributes.
export function prepareCharts() {
  Dygraph.PLUGINS = [Dygraph.Plugins.Axes, Dygraph.Plugins.Grid];
}

// The colour that a property of the style sheet has now, light or dark.
function colourOf(host, property) {
  const probe = h('span', {hidden: true});
  probe.style.color = `var(${property})`;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

// A label of the axis of time; dygraphs writes it as markup.
function writeTime(...args) {
  return Dygraph.dateAxisLabelFormatter(...args).replaceAll('&#160;', '\u00a0');
}

// The value of a column at a point: as it is, or of ticks that were joined the mean or the highest.
export function pointOf(history, key, which, i) {
  const column = history.columns[key];
  if (!column)
    return null;
  return (column.value ?? column[which])?.[i] ?? null;
}

function rowsOf(history, series) {
  return history.t.map((t, i) =>
    [t, ...series.map(({key, which = 'max'}) => pointOf(history, key, which, i))]);
}

// The highest of what is drawn in the window, limits left out.
function highest(history, series, stacked, peak, {from, to}) {
  let top = 0;
  history.t.forEach((t, i) => {
    if (t < from || t > to)
      return;
    const values = series.map(({key, which = 'max'}) => pointOf(history, key, which, i) ?? 0);
    top = Math.max(top, stacked ? values.reduce((a, b) => a + b, 0) : Math.max(...values),
      peak ? pointOf(history, peak, 'max', i) ?? 0 : 0);
  });
  return top;
}

function lastOf(history, key) {
  for (let i = history.t.length - 1; i >= 0; i--) {
    const value = pointOf(history, key, 'max', i);
    if (value !== null)
      return value;
  }
  return null;
}

/*
 * spec: {
 *   title, explains     its heading, and the name of its explanation
 *   series              [{key, label, colour, which, dash}]; stacked ones from the top to the bottom
 *   stacked             whether they are put on one another
 *   write(value)        a value in words
 *   limit               {key, label}: a column that is a limit, drawn as a dashed line
 *   peak                a column whose highest is drawn as a thin line where ticks were joined
 *   binary              whether the axis counts in powers of two
 * }
 * handlers: move(from, to) when the reader has moved the window, reset() when it is to be as before,
 * point(t) when one is looked at, or none (null).
 */
export function makeChart(spec, handlers) {
  const legend = h('ul', {class: 'legend'});
  const at = h('span', {class: 'at'});
  const plot = h('div', {class: 'plot'});
  const hair = h('div', {class: 'hair', hidden: true});
  const host = h('div', {class: 'plot-host', tabindex: '0', role: 'img', 'aria-describedby': 'chart-keys'}, plot,
    hair);
  const spoken = h('p', {class: 'unseen', role: 'status'}); // the values, for who goes through them by keys
  const empty = h('p', {class: 'no-data'}, 'No data in this time');
  const scale = h('button', {type: 'button', class: 'quiet scale', hidden: true});
  const note = h('p', {class: 'chart-note'});
  const element = h('figure', {class: 'chart'},
    h('figcaption', {}, h('h3', {}, spec.title), ...explain(spec.explains), at, scale, legend),
    host, empty, note, spoken);
  const items = [...spec.series, ...(spec.limit ? [{...spec.limit, isLimit: true}] : [])].map((one) => {
    const value = h('b', {});
    const swatch = h('span', {class: `swatch${one.isLimit ? ' limit' : ''}${one.dash ? ' dash' : ''}`});
    swatch.style.setProperty('--swatch', `var(${one.colour ?? '--limit'})`);
    const item = h('li', {}, swatch, `${one.label} `, value);
    return {...one, value, item};
  });
  // The one that lies on top is drawn first, and named last.
  legend.append(...(spec.stacked
    ? [...items.filter((one) => !one.isLimit).reverse(), ...items.filter((one) => one.isLimit)]
    : items).map((one) => one.item));

  let graph = null;
  let history = null;
  let window_ = null;
  let decor = {marks: [], ends: [], now: 0};
  let toLimit = null; // whether the axis goes up to the limit: as it fits, until it is chosen
  let looked = null; // the time of the point that is looked at

  scale.addEventListener('click', () => {
    toLimit = !reachesLimit();
    draw();
  });
  listen(host, {
    window: () => window_,
    left: () => graph?.getArea().x ?? 0,
    width: () => graph?.getArea().w ?? host.clientWidth,
    move: handlers.move,
    reset: handlers.reset,
    step: (n) => {
      const i = looked === null ? history.t.length - (n < 0 ? 0 : 1) : history.t.indexOf(looked);
      const next = history.t[Math.min(history.t.length - 1, Math.max(0, i + n))];
      if (next === undefined)
        return;
      handlers.point(next);
      setText(spoken, `${at.textContent}: ${valuesInWords()}`);
    },
  });
  host.addEventListener('blur', () => handlers.point(null));

  function limitNow() {
    return spec.limit && history ? lastOf(history, spec.limit.key) : null;
  }

  function reachesLimit() {
    const limit = limitNow();
    if (!isKnown(limit))
      return false;
    const top = highest(history, spec.series, spec.stacked, spec.peak, window_);
    return toLimit ?? (top >= limit / 4 || decor.ends.some((end) => end.t <= window_.to));
  }

  function draw() {
    if (!history || !window_ || !element.isConnected)
      return;
    const hasData = history.t.some((t, i) => spec.series.some(({key}) => pointOf(history, key, 'max', i) !== null));
    element.classList.toggle('is-empty', !hasData);
    if (!hasData) {
      host.setAttribute('aria-label', `${spec.title}: no data`);
      showValues();
      return;
    }

    const limit = limitNow();
    const reaches = reachesLimit();
    scale.hidden = !isKnown(limit);
    setText(scale, reaches ? 'Fit to the values' : `Up to the ${spec.limit?.label}`);
    const top = Math.max(highest(history, spec.series, spec.stacked, spec.peak, window_),
      reaches ? limit : 0, spec.least ?? 0);
    const options = {
      file: rowsOf(history, spec.series),
      dateWindow: [window_.from, window_.to],
      valueRange: [0, top > 0 ? top * 1.08 : 1],
      colors: spec.series.map(({colour}) => colourOf(element, colour)),
      axisLineColor: colourOf(element, '--rule'),
      gridLineColor: colourOf(element, '--rule'),
    };
    if (graph)
      graph.updateOptions(options);
    else
      graph = create(options);
    showValues();
    placeHair();
    describe();
  }

  function create({file, ...options}) {
    const narrow = element.clientWidth < NARROW_PX;
    return new Dygraph(plot, file, {
      ...options,
      labels: ['time', ...spec.series.map(({label}) => label)],
      plugins: [{activate: () => ({didDrawChart: (e) => drawOver(e.dygraph, e.drawingContext)})}],
      stackedGraph: spec.stacked,
      stackedGraphNaNFill: 'none',
      fillAlpha: 0.85,
      strokeWidth: spec.stacked ? 0 : 1.6,
      series: Object.fromEntries(spec.series.map(({label, dash}) => [label, {strokePattern: dash ?? null}])),
      highlightCircleSize: spec.stacked ? 0 : 3,
      interactionModel: {},
      labelsKMG2: Boolean(spec.binary),
      axes: {
        x: {
          valueFormatter: (t) => String(t),
          axisLabelFormatter: writeTime,
          ticker: Dygraph.dateTicker,
          pixelsPerLabel: narrow ? 56 : 72,
        },
        y: {
          axisLabelFormatter: (value) => spec.write(value),
          axisLabelWidth: narrow ? 48 : 60,
          pixelsPerLabel: 28,
        },
      },
      axisLabelFontSize: 11,
      rightGap: 8,
      highlightCallback: (_, t) => handlers.point(t),
      unhighlightCallback: () => handlers.point(null),
    });
  }

  // What lies over the series. Everything is clipped to the area of the plot.
  function drawOver(g, context) {
    const area = g.getArea();
    const x = (t) => g.toDomXCoord(t);
    const y = (value) => g.toDomYCoord(value);
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.w, area.h);
    context.clip();
    if (spec.limit)
      drawSteps(context, x, y);
    if (spec.peak && history.step_ms > 0)
      drawPeak(context, x, y);
    for (const end of decor.ends)
      drawEnd(context, area, x, y, end);
    for (const mark of decor.marks)
      drawMark(context, area, x(mark.t), mark);
    context.restore();
  }

  function line(context, points, colour, width, dash) {
    context.strokeStyle = colourOf(element, colour);
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach(([px, py], i) => i === 0 ? context.moveTo(px, py) : context.lineTo(px, py));
    context.stroke();
    context.setLineDash([]);
  }

  // A limit holds until the next tick says another one.
  function drawSteps(context, x, y) {
    let before = null;
    const points = [];
    history.t.forEach((t, i) => {
      const value = pointOf(history, spec.limit.key, 'max', i);
      if (value === null)
        return;
      if (before !== null && before !== value)
        points.push([x(t), y(before)]);
      points.push([x(t), y(value)]);
      before = value;
    });
    if (before === null)
      return;
    points.push([x(window_.to), y(before)]);
    line(context, points, '--limit', 1.5, [6, 4]);
  }

  function drawPeak(context, x, y) {
    let points = [];
    history.t.forEach((t, i) => {
      const value = pointOf(history, spec.peak, 'max', i);
      if (value !== null) {
        points.push([x(t), y(value)]);
        return;
      }
      line(context, points, '--ink', 1, []);
      points = [];
    });
    line(context, points, '--ink', 1, []);
  }

  // Where what rises meets its limit: a line to a cross, and when that is: beside it, or at the edge.
  function drawEnd(context, area, x, y, end) {
    const from = [x(end.from), y(end.value)];
    const to = [x(end.t), y(end.limit)];
    line(context, [from, to], '--bad', 2, [3, 4]);
    for (const side of [-1, 1])
      line(context, [[to[0] - 5, to[1] - 5 * side], [to[0] + 5, to[1] + 5 * side]], '--bad', 2, []);
    const inside = end.t <= window_.to;
    if (inside) {
      // Near the edge there is no room beside it.
      context.font = WORDS_FONT;
      const room = area.x + area.w - 4 - context.measureText(end.label).width;
      words(context, end.label, Math.min(to[0] + 7, room), to[1] + 16, 'left', '--bad');
      return;
    }
    const px = area.x + area.w - 6;
    const py = from[1] + (to[1] - from[1]) * (px - from[0]) / (to[0] - from[0]) - 8;
    words(context, `${end.label} →`, px, Math.max(area.y + 14, Math.min(area.y + area.h - 8, py)), 'right', '--bad');
  }

  function words(context, text, px, py, align, colour) {
    context.font = WORDS_FONT;
    context.textAlign = align;
    context.lineWidth = 3;
    context.strokeStyle = colourOf(element, '--card');
    context.strokeText(text, px, py);
    context.fillStyle = colourOf(element, colour);
    context.fillText(text, px, py);
  }

  // A restart is a line through the chart with a lozenge, another event a wedge at its upper edge.
  function drawMark(context, area, px, mark) {
    const colour = ['--info', '--info', '--warn', '--bad'][severityOf(mark.level)];
    if (mark.isRestart)
      line(context, [[px, area.y], [px, area.y + area.h]], '--ink', 1, [2, 3]);
    const outline = mark.isRestart ? [[0, 0], [5, 5], [0, 10], [-5, 5]] : [[-5, 0], [5, 0], [0, 9]];
    context.fillStyle = colourOf(element, mark.isRestart ? '--ink' : colour);
    context.beginPath();
    for (const [dx, dy] of outline)
      context.lineTo(px + dx, area.y + dy);
    context.fill();
  }

  // The values of the point that is looked at, or the last ones that are known.
  function showValues() {
    const i = looked === null || !history ? -1 : history.t.indexOf(looked);
    for (const one of items) {
      const value = !history ? null
        : i >= 0 ? pointOf(history, one.key, one.which ?? 'max', i) : lastOf(history, one.key);
      setText(one.value, isKnown(value) ? spec.write(value) : UNKNOWN);
      one.item.hidden = !history || !history.columns[one.key];
    }
    setText(at, i >= 0 ? [when(looked, decor.now), ...titlesAt()].join(' · ') : '');
    setText(note, decor.ends.map((end) => end.text).join(' '));
    note.hidden = decor.ends.length === 0;
  }

  function placeHair() {
    const isIn = looked !== null && looked >= window_.from && looked <= window_.to;
    hair.hidden = !graph || !isIn;
    if (!hair.hidden)
      hair.style.left = `${graph.toDomXCoord(looked)}px`;
  }

  // What the marks near the point that is looked at stand for.
  function titlesAt() {
    const reach = Math.max(history.step_ms, (window_.to - window_.from) / 100);
    return decor.marks.filter((mark) => Math.abs(mark.t - looked) <= reach).map((mark) => mark.title);
  }

  function describe() {
    const ends = decor.ends.map((end) => end.text).join(' ');
    host.setAttribute('aria-label', `${spec.title} from ${when(window_.from, decor.now)} to ` +
      `${when(window_.to, decor.now)}. Last: ${valuesInWords()}. ${ends}`);
  }

  function valuesInWords() {
    return items.filter((one) => !one.item.hidden).map((one) => `${one.label} ${one.value.textContent}`).join(', ');
  }

  return {
    element,
    update(newHistory, newWindow, newDecor) {
      history = newHistory;
      window_ = newWindow;
      decor = newDecor;
      if (looked !== null && !history?.t.includes(looked))
        looked = null;
      draw();
    },
    move(newWindow) {
      window_ = newWindow;
      draw();
    },
    // `t` is one of the times of the history, or null for none.
    look(t) {
      if (looked === t || !history)
        return;
      looked = t;
      showValues();
      if (graph && !element.classList.contains('is-empty')) {
        const i = t === null ? -1 : history.t.indexOf(t);
        if (i >= 0)
          graph.setSelection(i);
        else
          graph.clearSelection();
      }
      placeHair();
    },
    redraw: draw,
    resize: () => graph?.resize(),
    destroy: () => graph?.destroy(),
  };
}
