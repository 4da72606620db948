// A short name for a long text.

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), 32 bits forwards and 32 bits backwards. */
export function textHash(text: string): string {
  let [a, b] = [0x811c9dc5, 0x811c9dc5];
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
