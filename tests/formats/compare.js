// SPDX-License-Identifier: MIT
// compare.js BASE READER [PREFIX]: is what another program has read equal to what was meant?
// BASE has what the daemon wrote as JSON, an object a line. What is read of another run of it with the
// same ticks comes from standard input. READER is
//   objects          objects of another program, an object a line, that are as those of JSON
//   heroku-objects   the same of lines of the format heroku, which have more lines, and units
//   again            the same by our own reader, which has written them as JSON
//   lnav             rows of its table, of lines of the format heroku
//   json             lines, read by JSON.parse()
//   logfmt, heroku   lines, read by the package "logfmt" of npm
//   table            lines of the format table
// PREFIX is none, logplex or rfc5424: what stands before each line, and is checked with it.
// Each number must be there, in its order, and equal, as far as the format has places for it; so must
// each name, with what the format makes of it. Prints how many lines and numbers that were; exits 1 at
// the first that differs.

'use strict';
const fs = require('fs');
const path = require('path');
const [basePath, reader, prefix = 'none'] = process.argv.slice(2);
const MB = 1048576;
// What was two places of MB, or six of seconds, and where only the key tells which.
const isHeroku = ['heroku', 'heroku-objects', 'again', 'lnav'].includes(reader);
const hasUnits = !['again', 'lnav'].includes(reader);
const HEAD_KEYS = new Set(['ts', 'source', 'dyno']);

function fail(text) {
	console.error(`compare: ${reader}, ${prefix}: ${text}`);
	process.exit(1);
}

function parseObjects(text) {
	return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

// Bytes of frames: "335 <134>1 TIME host heroku web.1 - BODY\n", so many behind the space; RFC 6587.
function cutFrames(bytes) {
	const lines = [];
	for (let at = 0; at < bytes.length;) {
		const space = bytes.indexOf(0x20, at);
		const count = bytes.toString('latin1', at, space);
		const start = space + 1;
		if (!/^[1-9][0-9]*$/.test(count) || start + Number(count) > bytes.length)
			fail(`no frame at byte ${at}`);
		lines.push(bytes.toString('utf8', start, start + Number(count)));
		at = start + Number(count);
	}
	return lines;
}

const TIME = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00)';
const HEADS = {
	logplex: new RegExp(`^${TIME} heroku\\[([A-Za-z0-9._-]+)\\]: (.*)$`),
	rfc5424: new RegExp(`^<134>1 ${TIME} host heroku ([A-Za-z0-9._-]+) - (.*)\n$`),
};

// Lines as {ts, source, body}; without a prefix nothing but the body is known.
function cutLines(bytes) {
	const lines = prefix === 'rfc5424' ? cutFrames(bytes) : bytes.toString().split('\n').slice(0, -1);
	if (prefix === 'none')
		return lines.map((body) => ({body}));
	return lines.map((line) => {
		const head = HEADS[prefix].exec(line);
		if (!head)
			fail(`not of the form of ${prefix}: ${line}`);
		return {ts: head[1], source: head[2], body: head[3]};
	});
}

// The platform's own two messages, which follow a memory line that is above its quota.
function checkMessages(lines) {
	const isMessage = ({body}) => /^(Process running|Error R1[45])/.test(body);
	const wanted = [];
	for (const {ts, source, event, memory_total: total, memory_rss: rss, memory_swap: swap = 0, memory_quota: quota} of base) {
		if (event !== undefined || prefix === 'none' || !(rss + swap > quota))
			continue;
		const percent = ((rss + swap) / quota * 100).toFixed(1);
		wanted.push(`${ts} ${source} Process running mem=${Math.floor(total / MB)}M(${percent}%)`);
		wanted.push(`${ts} ${source} ${rss + swap >= 2 * quota + 2 ? 'Error R15 (Memory quota vastly exceeded)'
			: 'Error R14 (Memory quota exceeded)'}`);
	}
	const got = lines.filter(isMessage).map(({ts, source, body}) => `${ts} ${source} ${body}`);
	wanted.forEach((line, i) => got[i] === line || fail(`'${got[i]}' where '${line}' should be`));
	if (got.length > wanted.length)
		fail(`'${got[wanted.length]}' is too much`);
	return lines.filter((line) => !isMessage(line));
}

// Lines with heads as objects. The head names the source and the time of what is behind it.
function readLines(lines) {
	const {parse} = reader === 'json' ? JSON : require('logfmt');
	return lines.map(({ts, source, body}) => {
		const object = parse(body);
		if (source !== undefined && (object.source !== source || (object.ts ?? ts) !== ts))
			fail(`${source} at ${ts} stands before ${body}`);
		return ts === undefined ? object : {ts, ...object};
	});
}

// Its rows have all columns in an order of its own, the time in another form, and the level of an event
// as that of the line.
function readRow(row) {
	const object = {ts: row.log_time.replace(' ', 'T'), source: row.source, dyno: row.dyno};
	if (row.event)
		return {...object, event: row.event, state: row.state, level: row.log_level};
	for (const key of lnavKeys) {
		if (!HEAD_KEYS.has(key) && (row[key] ?? '') !== '')
			object[key] = row[key];
	}
	return object;
}

// [line, key, value], one behind the other; a line is where it is from.
function flatten(objects) {
	const items = [];
	for (const object of objects) {
		for (const [key, value] of Object.entries(object)) {
			if (!HEAD_KEYS.has(key))
				items.push([object, key.replace(/^sample#/, ''), value]);
		}
	}
	return items;
}

// A number of the format heroku, and how far from it what was meant may be.
function parseHeroku(text) {
	const match = /^([0-9]+(?:\.([0-9]+))?)(MB|pages|s)?$/.exec(text);
	if (!match)
		return [NaN, 0];
	if (match[3] === 'MB')
		return [Number(match[1]) * MB, 0.005 * MB + 1e-6 * MB];
	// Seconds are cut off behind the sixth place.
	return match[3] === 's' ? [Number(match[1]), 1e-6 + 1e-9] : [Number(match[1]), 0];
}

// The same without a unit: in bytes, or for lnav in MB.
function parseBare(key, number) {
	const isSize = /^(memory_(?!pg|events)|swap_max|io_[rw]bytes|self_rss|value$|limit$|used$)/.test(key);
	if (isSize)
		return [reader === 'lnav' ? number * MB : number, 0.005 * MB + 1];
	return [number, 1e-6 + 1e-9];
}

// The package leaves the escapes of a quoted value, except that of the quotes.
function escaped(text) {
	return JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"')
		.replace(/[\u007f-\u009f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

// What the format heroku makes of a name: a byte each that its readers would not take. U+FFFD is one.
function safe(text) {
	return text.replace(/[^A-Za-z0-9._:@/+-]/gu, (c) => c === '\ufffd' ? '_' : '_'.repeat(Buffer.byteLength(c)));
}

// The inode of a cgroup is another one in another tree.
const maskInode = (dyno) => String(dyno).replace(/^cgroup\.[0-9]+$/, 'cgroup');

function isEqualName(meant, read) {
	if (reader === 'json' || reader === 'objects')
		return meant === read;
	return String(read ?? '') === (isHeroku ? safe(meant) : escaped(meant));
}

function isEqual(key, meant, read) {
	if (typeof meant === 'string')
		return isEqualName(meant, read);
	if (reader === 'json' || reader === 'objects')
		return meant === read;
	const [value, error] = !isHeroku ? [Number(read), 0] : hasUnits ? parseHeroku(String(read)) : parseBare(key, Number(read));
	return Math.abs(value - meant) <= error * (1 + 1e-12);
}

function checkHead(meant, read) {
	for (const key of HEAD_KEYS) {
		if (key === 'ts' && (read.ts === undefined || (reader === 'again' && prefix === 'none') ||
				(reader === 'lnav' && meant.ts.startsWith(read.ts))))
			continue;
		if (maskInode(read[key]) !== maskInode(isHeroku ? safe(meant[key]) : meant[key]))
			fail(`${key} is ${read[key]}, and not ${meant[key]}`);
	}
}

// The memory line of the format heroku has all its keys; one that is not known is 0.
function isFiller([, key, value]) {
	return isHeroku && /^memory_/.test(key) && Number.parseFloat(value) === 0;
}

function compare(wanted, got) {
	let at = 0, numbers = 0;
	for (const [line, key, value] of wanted) {
		while (at < got.length && got[at][1] !== key && isFiller(got[at]))
			at++;
		if (at === got.length)
			fail(`${line.source} ${key} at ${line.ts} is missing`);
		if (got[at][1] !== key)
			fail(`${got[at][0].source} ${got[at][1]} where ${line.source} ${key} at ${line.ts} should be`);
		checkHead(line, got[at][0]);
		if (!isEqual(key, value, got[at][2]))
			fail(`${line.source} ${key} at ${line.ts} is ${got[at][2]}, and not ${value}`);
		numbers += typeof value === 'number';
		at++;
	}
	while (at < got.length && isFiller(got[at]))
		at++;
	if (at < got.length)
		fail(`${got[at][0].source} ${got[at][1]} is too much`);
	return numbers;
}

// What each column of the table shows: of the line, and of the one before it of its target.
const rate = (key, factor) => (line, before) => before && before[key] !== undefined && line[key] >= before[key]
	? (line[key] - before[key]) * factor / microseconds(line, before) : undefined;
const share = (part, whole) => part === undefined || !whole ? undefined : part * 100 / whole;
const COLUMNS = {
	'LOAD': 'load_avg_1m', '5MIN': 'load_avg_5m', '15MIN': 'load_avg_15m', 'CPU': rate('cpu_usage', 100),
	'TOTAL': 'memory_total', 'RSS': 'memory_rss', 'CACHE': 'memory_cache', 'SWAP': 'memory_swap', 'QUOTA': 'memory_quota',
	'USED': ({memory_rss: rss, memory_swap: swap = 0, memory_quota: quota}) => share(rss === undefined ? rss : rss + swap, quota),
	'PROCS': 'processes', 'THRDS': 'threads', 'RUN': 'threads_running', 'BLKD': 'threads_blocked', 'ZOMB': 'zombies',
	'STUCK': 'zombies_stuck', 'LIMIT': 'pids_limit', 'PIDS': ({pids, pids_limit: limit}) => share(pids, limit),
	'PCPU': 'pressure_cpu_some_avg10', 'PMEM': 'pressure_memory_some_avg10', 'PIO': 'pressure_io_some_avg10',
	'RD/S': rate('io_rbytes', 1), 'WR/S': rate('io_wbytes', 1),
};

// Microseconds of a time are more than a date keeps.
function microseconds(line, before) {
	const us = (ts) => Date.parse(`${ts.slice(0, 19)}Z`) * 1000 + Number(ts.slice(20, 26));
	return (us(line.ts) - us(before.ts)) / 1e6;
}

// A cell, and how far from it what was meant may be: it is rounded, or cut off.
function parseCell(text) {
	const match = /^([0-9]+)(\.[0-9]+)?([KMGTPEk%]?)$/.exec(text);
	if (!match)
		return [NaN, 0];
	const [, whole, fraction = '', unit] = match;
	const scale = unit === 'k' ? 1000 : unit ? 1024 ** ('KMGTPE'.indexOf(unit) + 1) : 1;
	return [Number(whole + fraction) * scale, unit === '' ? (fraction ? 0.005 : 1) :
		unit === '%' ? 0.5 : scale * (fraction ? 0.05 : unit === 'k' ? 1 : 0.55)];
}

const isCount = new Set(['PROCS', 'THRDS', 'RUN', 'BLKD', 'ZOMB', 'STUCK']);

function checkCell(line, before, title, text) {
	const meaning = COLUMNS[title];
	const meant = typeof meaning === 'string' ? line[meaning] : meaning(line, before);
	if (meant === undefined || text === '-') {
		if (text !== '-' || meant !== undefined)
			fail(`${line.source} ${title} at ${line.ts} is ${text}, and not ${meant ?? '-'}`);
		return 0;
	}
	const [value, error] = parseCell(text);
	if (!(Math.abs(value - meant) <= (isCount.has(title) ? 0 : error * 1.000001)) && !(text === '999%' && meant >= 998.5))
		fail(`${line.source} ${title} at ${line.ts} is ${text}, and not ${meant}`);
	return 1;
}

// Rows stand under a header, a tick after the other, each with all its targets; lines with a mark are
// events in words.
function compareTable(lines) {
	const samples = base.filter((line) => line.event === undefined && line.self_ticks === undefined);
	const before = new Map();
	let titles, tick = new Map(), next = 0, numbers = 0, events = 0;
	for (const text of lines) {
		const words = text.trim().split(/ +/);
		if (words[0] === 'UTC') {
			titles = words;
			continue;
		}
		if (/^[*!-]$/.test(words[1])) {
			events++;
			continue;
		}
		if (/^[0-9]{2}:/.test(words[0])) {
			const time = words.shift();
			if (tick.size > 0 || next === samples.length || time !== samples[next].ts.slice(11, 19))
				fail(`a tick at ${time}, ${tick.size} rows before there should be one`);
			for (const {ts} = samples[next]; samples[next]?.ts === ts; next++)
				tick.set(samples[next].source, samples[next]);
		}
		const line = tick.get(words[0]);
		if (!line || words.length !== titles.length - 1)
			fail(`a row too much, or not as many cells as in the header: ${text}`);
		tick.delete(words[0]);
		titles.slice(3).forEach((title, i) => {
			numbers += checkCell(line, before.get(line.source), title, words[i + 2]);
		});
		before.set(line.source, line);
	}
	if (tick.size > 0 || next !== samples.length)
		fail(`${tick.size + samples.length - next} rows are missing`);
	if (titles.length !== Object.keys(COLUMNS).length + 3)
		fail(`columns: ${titles.join(' ')}`);
	const said = base.filter(({event}) => event !== undefined).length;
	if (events !== said)
		fail(`${events} events in words, and not ${said}`);
	return numbers;
}

const lnavFormat = path.join(__dirname, '../../packaging/integrations/lnav/runstatd.json');
const lnavKeys = Object.keys(JSON.parse(fs.readFileSync(lnavFormat, 'utf8')).runstatd_log.value);
const input = fs.readFileSync(0);
const base = parseObjects(fs.readFileSync(basePath, 'utf8'));
let read, numbers;
if (reader === 'table') {
	read = input.toString().split('\n').filter(Boolean);
	numbers = compareTable(read);
} else {
	if (['objects', 'heroku-objects', 'again'].includes(reader))
		read = parseObjects(input.toString());
	else if (reader === 'lnav')
		read = parseObjects(input.toString()).map(readRow);
	else
		read = readLines(reader === 'heroku' ? checkMessages(cutLines(input)) : cutLines(input));
	// lnav has the pairs of events, beyond what all of them have, in one column.
	const wanted = flatten(base).filter(([{event}, key]) => reader !== 'lnav' || event === undefined ||
		['event', 'state', 'level'].includes(key));
	numbers = compare(wanted, flatten(read));
}
console.log(`${read.length} lines, ${numbers} numbers`);
