// SPDX-License-Identifier: MIT
// Numbers and times as people read them. What is not known is a dash, never 0.

export const UNKNOWN = '–';

const MB = 2 ** 20;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function isKnown(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

// A number with at most `digits` decimals, thousands apart: "12,345.6".
export function number(value, digits = 0) {
  if (!isKnown(value))
    return UNKNOWN;
  return value.toLocaleString('en-GB', {maximumFractionDigits: digits});
}

// A number with exactly `digits` decimals, as the lines have them: "2.40".
export function fixed(value, digits = 2) {
  if (!isKnown(value))
    return UNKNOWN;
  return value.toLocaleString('en-GB',
    {minimumFractionDigits: digits, maximumFractionDigits: digits});
}

// Bytes as the lines have them, in MB of 2^20 bytes with two decimals.
export function megabytes(value) {
  return isKnown(value) ? `${fixed(value / MB)} MB` : UNKNOWN;
}

// Bytes with three digits that count: "21.2 MB", "512 MB", "1.5 GB".
export function bytes(value) {
  if (!isKnown(value))
    return UNKNOWN;
  if (value === 0)
    return '0 MB';
  const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let scaled = Math.abs(value) / 1024;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  const digits = scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${value < 0 ? '-' : ''}${number(scaled, digits)} ${units[unit]}`;
}

// A part of a whole, "43 %"; below ten with one decimal.
export function percent(part, whole) {
  if (!isKnown(part) || !isKnown(whole) || whole <= 0)
    return UNKNOWN;
  const value = part / whole * 100;
  if (value > 0 && value < 0.05)
    return '< 0.1 %';
  return `${number(value, value < 9.95 && value > 0 ? 1 : 0)} %`;
}

// Seconds in the two largest units: "45 s", "57 min", "2 h 10 min", "3 d 4 h".
export function duration(seconds) {
  if (!isKnown(seconds))
    return UNKNOWN;
  if (seconds < 0)
    return `-${duration(-seconds)}`;
  if (seconds < 9.95)
    return `${number(seconds, 1)} s`;
  if (seconds < 99.5)
    return `${number(seconds)} s`;
  if (seconds < HOUR * 2 - MINUTE / 2)
    return `${number(seconds / MINUTE)} min`;
  const [large, small, names] = seconds < DAY * 2 - HOUR / 2
    ? [HOUR, MINUTE, ['h', 'min']] : [DAY, HOUR, ['d', 'h']];
  const smalls = Math.round(seconds / small);
  const rest = smalls % (large / small);
  const whole = `${number(Math.floor(smalls / (large / small)))} ${names[0]}`;
  return rest === 0 ? whole : `${whole} ${rest} ${names[1]}`;
}

// Milliseconds of a response: "85 ms", "1.24 s".
export function milliseconds(value) {
  if (!isKnown(value))
    return UNKNOWN;
  return value < 999.5 ? `${number(value, value < 9.95 ? 1 : 0)} ms` : `${fixed(value / 1000)} s`;
}

function two(value) {
  return String(value).padStart(2, '0');
}

// The time of day of a time in milliseconds: "16:05:20".
export function clock(ms, withSeconds = true) {
  if (!isKnown(ms))
    return UNKNOWN;
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}` +
    (withSeconds ? `:${two(date.getSeconds())}` : '');
}

export function day(ms) {
  if (!isKnown(ms))
    return UNKNOWN;
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

// A time to be read at `now`: the day only when it is another one.
export function when(ms, now, withSeconds = true) {
  if (!isKnown(ms))
    return UNKNOWN;
  return day(ms) === day(now) ? clock(ms, withSeconds) : `${day(ms)} ${clock(ms, withSeconds)}`;
}

// "1 zombie", "11 zombies".
export function count(value, noun, plural = `${noun}s`) {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}
