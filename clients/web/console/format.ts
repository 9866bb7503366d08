// How times, money, shares and codes read in the console.
import type { Timestamp } from "@bufbuild/protobuf/wkt";

export const timeOf = (t: Timestamp | undefined): number => (t ? Number(t.seconds) * 1000 + Math.floor(t.nanos / 1e6) : 0);

// 75,000 ms: "1:15"; beyond an hour "1:02:03".
export function clock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

export function money(cents: bigint | number): string {
  return new Intl.NumberFormat(undefined, { style: "currency", currency: "EUR", maximumFractionDigits: 0 }).format(Number(cents) / 100);
}

// .125: "12.5 %"; whole numbers without a fraction.
export function percent(share: number): string {
  const value = share * 100;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} %`;
}

const REASONS: Record<string, string> = { requested: "Asked for a human", transferred: "Passed on", takeover: "Taken over" };

// "verification_failed" → "Verification failed".
export function plainReason(code: string): string {
  const words = REASONS[code] ?? code.replace(/_/g, " ");
  return words === "" ? "Handed over" : words[0]!.toUpperCase() + words.slice(1);
}

const FIGURES: Record<string, string> = { csat: "CSAT", rating: "Mean rating", cpu_seconds: "Processor time", prompt_tokens: "Tokens read", output_tokens: "Tokens written",
  turns: "Messages of the customer", first_response: "First response", random: "at random" };

// A figure's name for people: "escalated.requested" is told by its reason.
export function figureName(figure: string): string {
  if (FIGURES[figure]) return FIGURES[figure];
  return plainReason(figure.startsWith("escalated.") ? figure.slice("escalated.".length) : figure);
}
