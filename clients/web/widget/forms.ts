// The form for one value: how it is typed on a phone, and what is wrong with it.
import { SlotKind, type SlotAsked } from "../gen/frontdesk/v1/conversation_pb";
import type { Words } from "./words";

export interface FieldLook {
  type: "text" | "email" | "tel" | "date" | "number";
  inputmode: string;
  autocomplete: string;
  label: keyof Words;
}

export function lookOf(kind: SlotKind): FieldLook {
  switch (kind) {
    case SlotKind.ORDER_NUMBER:
      return { type: "text", inputmode: "numeric", autocomplete: "off", label: "orderNumber" };
    case SlotKind.EMAIL:
      return { type: "email", inputmode: "email", autocomplete: "email", label: "email" };
    case SlotKind.PHONE:
      return { type: "tel", inputmode: "tel", autocomplete: "tel", label: "phone" };
    case SlotKind.DATE:
      return { type: "date", inputmode: "none", autocomplete: "off", label: "date" };
    case SlotKind.QUANTITY:
      return { type: "number", inputmode: "numeric", autocomplete: "off", label: "quantity" };
    case SlotKind.AMOUNT:
      return { type: "text", inputmode: "decimal", autocomplete: "off", label: "amount" };
    case SlotKind.POSTCODE:
      return { type: "text", inputmode: "text", autocomplete: "postal-code", label: "postcode" };
    default:
      return { type: "text", inputmode: "text", autocomplete: "off", label: "answer" };
  }
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;
const PHONE = /^\+?[\d\s()/.-]{6,20}$/;

// The key of what is wrong, or undefined. The server checks again; this only saves a round.
export function faultOf(asked: SlotAsked, value: string): keyof Words | undefined {
  const text = value.trim();
  if (text === "") return "needValue";
  if (asked.pattern !== "" && !matches(asked.pattern, text)) return "badValue";
  switch (asked.kind) {
    case SlotKind.EMAIL:
      return EMAIL.test(text) ? undefined : "badEmail";
    case SlotKind.PHONE:
      return PHONE.test(text) ? undefined : "badPhone";
    case SlotKind.QUANTITY:
      return /^\d+$/.test(text) ? undefined : "badNumber";
    case SlotKind.AMOUNT:
      return /^[€$£]?\s?\d+([.,]\d{1,2})?\s?[€$£]?$/.test(text) ? undefined : "badNumber";
    default:
      return undefined;
  }
}

// A pattern of the bundle is RE2; one that JavaScript reads differently stops nobody.
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return true;
  }
}
