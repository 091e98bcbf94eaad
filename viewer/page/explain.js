// SPDX-License-Identifier: MIT
// What each figure is, and a button that says it.

import {h} from './dom.js';

const EXPLANATIONS = {
  requests: ['Requests per minute',
    'Requests that the router logged in the last 60 seconds (lines with method=, path= and status=). ' +
    'In the first minute it is scaled up from the seconds there were.'],
  response: ['Response time',
    'The service time the router logged: half of the requests of the last 60 seconds were faster than ' +
    'the median, 95 of 100 faster than the 95th percentile. Time spent in the router’s queue is not in it.'],
  status: ['Status classes',
    'Answers of the last 60 seconds by the first digit of their status. 4xx is the client’s fault, 5xx the ' +
    'application’s or the platform’s. A 0 is counted: there were none.'],
  codes: ['Error codes',
    'Codes of the platform in the last 60 seconds and since the start: H for requests, R for memory and ' +
    'other limits at run time, L for the log. R14 is memory above the quota, R15 above twice the quota.'],
  requestActivity: ['Activity',
    'Requests in each of the last 60 seconds, the latest on the right.'],
  memoryAll: ['Memory of quota',
    'memory_total (rss + cache + swap) in the last 60 seconds as a part of each target’s quota: the mean ' +
    'over all targets, and the highest with its target.'],
  state: ['State',
    'The worst that goes on now. Red squares are errors, amber triangles warnings, blue rings information. ' +
    'Silent: no line for three intervals. Gone: the log says that it ended.'],
  memory: ['Memory',
    'rss (anonymous memory), swap and cache (files, which the kernel gives back when it has to) against the ' +
    'quota. The percentage is rss + swap: what counts for the quota. In a bar the quota is its whole width.'],
  memoryMinute: ['Memory, last 60 seconds',
    'Mean and highest memory_total (rss + cache + swap) of the last 60 seconds, and the quota: the smallest ' +
    'limit that holds for this target, or what its configuration says.'],
  load: ['Load',
    'Damped average of the threads that run or want to run, over 1, 5 and 15 minutes. Threads that wait for ' +
    'a disk are not counted, so it is the demand for CPU: above the number of CPUs, threads wait. Each is ' +
    'left out until its time has passed once.'],
  tasks: ['Tasks',
    'What the kernel counts against the limit on tasks: threads, and zombies too. At the limit fork and ' +
    'pthread_create fail with EAGAIN.'],
  threads: ['Threads and processes',
    'Live threads of all live processes of this target.'],
  zombies: ['Zombies',
    'Processes that are dead and that their parent has not waited for. Each keeps its place below the limit ' +
    'on tasks. Stuck ones were there at the tick before already.'],
  activity: ['Activity',
    'Lines from this target in each of the last 60 seconds, the latest on the right. Nothing means silence, ' +
    'not health.'],
  restarts: ['Restarts',
    'How often this target became another incarnation, as far as the kept history goes back. Counters and ' +
    'load averages begin from 0 then.'],
  memoryChart: ['Memory over time',
    'rss, swap and cache stacked on one another; the dashed line is the quota. Where ticks were joined, areas ' +
    'are their mean and the thin line is the highest memory_total, so that no peak is lost. A dashed ' +
    'line with a cross is where a leak goes.'],
  loadChart: ['Load over time',
    'The three load averages; the dashed line is the number of CPUs that this target may use, where the lines ' +
    'say it. Where ticks were joined, it is the highest of them.'],
  tasksChart: ['Threads, processes and zombies over time',
    'The dashed line is the limit on tasks. A dashed line with a cross is where what rises now meets it. ' +
    'Where ticks were joined, it is the highest of them.'],
  requestsChart: ['Requests over time', 'Requests a minute, as the router logged them.'],
  responseChart: ['Response time over time', 'Median and 95th percentile of the service time in each tick.'],
  statusChart: ['Status classes over time', 'Answers of each tick by status class, stacked.'],
  values: ['The last tick',
    'All that the last lines of this target said, under the keys they have there. What is not known is not listed.'],
};

let explained = 0;

// A button and the text that it opens; both go to the page together.
export function explain(name) {
  const [title, text] = EXPLANATIONS[name];
  const id = `explain-${name}-${++explained}`;
  const note = h('div', {id, class: 'note', popover: 'auto', role: 'note'}, h('strong', {}, title),
    h('p', {}, text));
  const button = h('button', {type: 'button', class: 'explain', popovertarget: id,
    'aria-label': `What is “${title}”?`}, '?');
  note.addEventListener('toggle', (event) => {
    if (event.newState === 'open')
      placeBelow(note, button);
  });
  return [button, note];
}

// Below the button, or above where there is no room.
function placeBelow(note, button) {
  const at = button.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - note.offsetWidth - 8);
  const fits = at.bottom + note.offsetHeight + 6 <= window.innerHeight;
  note.style.left = `${Math.max(8, left)}px`;
  note.style.top = `${Math.max(8, fits ? at.bottom + 6 : at.top - note.offsetHeight - 6)}px`;
}
