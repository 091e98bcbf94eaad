// SPDX-License-Identifier: MIT
// What the reader has chosen, kept by the browser where it lets us.

export function recall(name) {
  try {
    return localStorage.getItem(`runstat-view.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`runstat-view.${name}`, value);
  } catch {
    // It then holds as long as the page is open.
  }
}

const THEMES = ['auto', 'light', 'dark'];

// A button that goes from what the system has to light and dark. `changed` is told when colours are other ones.
export function makeTheme(button, changed) {
  let theme = THEMES.includes(recall('theme')) ? recall('theme') : 'auto';

  function show() {
    if (theme === 'auto')
      delete document.documentElement.dataset.theme;
    else
      document.documentElement.dataset.theme = theme;
    button.textContent = `Colours: ${theme}`;
    changed();
  }

  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    remember('theme', theme);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  show();
}
