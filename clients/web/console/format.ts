// How times, money and codes read in the console.
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

// "verification_failed" → "Verification failed".
export function plainReason(code: string): string {
  const words = code.replace(/_/g, " ");
  return words === "" ? "Handed over" : words[0]!.toUpperCase() + words.slice(1);
}
