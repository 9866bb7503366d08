// Text with links, safely: only https addresses of allowed hosts become links, the rest
// stays text. What comes out are plain values; nothing here makes markup.

export type Piece = { text: string; href?: string };

export function isAllowed(url: URL, domains: readonly string[]): boolean {
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") return false;
  return domains.some((domain) => url.hostname === domain || url.hostname.endsWith("." + domain));
}

export function piecesOf(text: string, domains: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    const shown = match[0].replace(/[.,;:!?)\]]+$/, ""); // the sentence's, not the address's
    let url: URL;
    try {
      url = new URL(shown);
    } catch {
      continue;
    }
    if (!isAllowed(url, domains)) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: shown, href: url.href });
    from = match.index + shown.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

// A passage cut into before, quote and after by byte offsets of its UTF-8.
export function cutQuote(text: string, begin: number, end: number): [string, string, string] {
  const bytes = new TextEncoder().encode(text);
  if (end <= begin || end > bytes.length) return [text, "", ""];
  const decode = (from: number, to: number) => new TextDecoder().decode(bytes.slice(from, to));
  return [decode(0, begin), decode(begin, end), decode(end, bytes.length)];
}
