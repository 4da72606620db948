// Words of the server as a sentence of the page.

/** A capital at the beginning, and a full stop where nothing ends it. */
export function sentence(text: string): string {
  const upper = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
