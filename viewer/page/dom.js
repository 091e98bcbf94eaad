// SPDX-License-Identifier: MIT
// Elements are made here alone, and text only ever as text: nothing that came in a line is markup.

// h('a', {href: '#', class: 'x', onclick: f}, child, ...): children are elements, text, or nothing.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    setAttribute(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function setAttribute(element, name, value) {
  if (name.startsWith('on'))
    element.addEventListener(name.slice(2), value);
  else if (value === true)
    element.setAttribute(name, '');
  else if (value !== false && value !== null && value !== undefined)
    element.setAttribute(name, value);
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Touches the page only when the text is another one, so that nothing is said twice by a reader.
export function setText(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

export function setClass(element, name, on) {
  element.classList.toggle(name, Boolean(on));
}

// Makes `parent` have these children in this order, moving as few as possible.
export function setChildren(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.childNodes]) {
    if (!wanted.has(child))
      child.remove();
  }
  children.forEach((child, i) => {
    if (parent.childNodes[i] !== child)
      parent.insertBefore(child, parent.childNodes[i] || null);
  });
}

// Makes the children of `parent` those of `items`: an element for each key, made once and told of each change.
// What a reader has opened in one stays open.
export function setItems(parent, items, keyOf, make) {
  const before = parent.items ?? new Map();
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const one = now.get(key) ?? before.get(key) ?? make(item);
    one.update(item);
    now.set(key, one);
  }
  parent.items = now;
  setChildren(parent, [...now.values()].map((one) => one.element));
}
