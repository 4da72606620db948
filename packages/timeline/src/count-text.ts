// Counts with separators, as `Intl` writes them in English. To start `Intl` takes a page 20 ms and more, and the first
// lanes are waited for; to write a number with it takes longer than to paint it.

export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
