// SPDX-License-Identifier: MIT
// Whatever is written as markup into the page by anyone, dygraphs for the labels of its axes included,
// becomes text. The page demands of the browser that all such text comes through here.

globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
});
