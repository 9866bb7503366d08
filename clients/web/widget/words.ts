// Every text of the widget itself, by language. What the assistant says comes from the server.

export interface Words {
  open: string; close: string; title: string; assistantRole: string; agentRole: string;
  placeholder: string; send: string; sending: string; sent: string; failed: string; resend: string; discard: string;
  typing: string; waiting: string; away: string; connecting: string; lost: string; endedNote: string; startNew: string;
  menu: string; download: string; endChat: string; endConfirm: string; endYes: string; endNo: string;
  humanAsked: string; transferred: string; ticket: string; joined: string; returned: string; ended: string;
  sources: string; source: string; openPage: string; passageGone: string; loading: string; back: string;
  allow: string; decline: string; consentOn: string; consentOff: string; privacy: string;
  rateTitle: string; rateHint: string; rateSend: string; rateThanks: string; rateComment: string; rate1: string; rate2: string; rate3: string; rate4: string; rate5: string;
  yes: string; no: string; skip: string; suggestions: string; use: string;
  orderNumber: string; email: string; phone: string; date: string; quantity: string; amount: string; postcode: string; answer: string; example: string;
  needValue: string; badValue: string; badEmail: string; badPhone: string; badNumber: string; tooLong: string;
  order: string; total: string; due: string; delivered: string; placed: string; onTheWay: string;
  processing: string; packed: string; shipped: string; cancelled: string;
  customer: string; newMessages: string; log: string; retry: string; unread: string;
}

const en: Words = {
  open: "Open chat", close: "Close chat", title: "Chat", assistantRole: "Digital assistant", agentRole: "Team member",
  placeholder: "Write a message", send: "Send", sending: "Sending", sent: "Sent", failed: "Not sent", resend: "Send again", discard: "Remove",
  typing: "is typing", waiting: "A colleague joins you as soon as one is free. You can go on writing.", away: "No connection. Trying again", connecting: "Connecting", lost: "This chat is no longer available.", endedNote: "This chat has ended.", startNew: "Start a new chat",
  menu: "More", download: "Download transcript", endChat: "End chat", endConfirm: "End this chat?", endYes: "End it", endNo: "Keep chatting",
  humanAsked: "We asked a colleague to join", transferred: "You are being passed on to another team", ticket: "We noted your request as ticket", joined: "joined the chat", returned: "The assistant is back", ended: "The chat has ended",
  sources: "Sources", source: "Source", openPage: "Open the page", passageGone: "The document has changed since this answer.", loading: "Loading", back: "Back to the chat",
  allow: "Allow", decline: "No, thanks", consentOn: "Allowed. You can change it in the menu.", consentOff: "Not allowed.", privacy: "Privacy",
  rateTitle: "How was this chat?", rateHint: "1 is bad, 5 is good", rateSend: "Send", rateThanks: "Thank you for telling us.", rateComment: "Anything to add? (optional)", rate1: "Very bad", rate2: "Bad", rate3: "All right", rate4: "Good", rate5: "Very good",
  yes: "Yes", no: "No", skip: "Skip", suggestions: "Suggested replies", use: "Send",
  orderNumber: "Order number", email: "Email address", phone: "Phone number", date: "Date", quantity: "Number", amount: "Amount", postcode: "Postcode", answer: "Your answer", example: "for example",
  needValue: "Please fill this in.", badValue: "This does not look right; compare it with the example.", badEmail: "An email address looks like name@example.com.", badPhone: "A phone number has at least six digits.", badNumber: "Please write a number.", tooLong: "This is longer than we can read at once.",
  order: "Order", total: "Total", due: "Expected by", delivered: "Delivered", placed: "Ordered", onTheWay: "Expected by",
  processing: "Ordered", packed: "Packed", shipped: "On its way", cancelled: "Cancelled",
  customer: "You", newMessages: "New messages", log: "Conversation", retry: "Try now", unread: "unread",
};

const de: Words = {
  open: "Chat öffnen", close: "Chat schließen", title: "Chat", assistantRole: "Digitaler Assistent", agentRole: "Teammitglied",
  placeholder: "Nachricht schreiben", send: "Senden", sending: "Wird gesendet", sent: "Gesendet", failed: "Nicht gesendet", resend: "Erneut senden", discard: "Entfernen",
  typing: "schreibt", waiting: "Sobald jemand frei ist, kommt ein Mensch dazu. Sie können weiterschreiben.", away: "Keine Verbindung. Neuer Versuch", connecting: "Verbinden", lost: "Dieser Chat ist nicht mehr verfügbar.", endedNote: "Dieser Chat ist beendet.", startNew: "Neuen Chat beginnen",
  menu: "Mehr", download: "Verlauf herunterladen", endChat: "Chat beenden", endConfirm: "Diesen Chat beenden?", endYes: "Beenden", endNo: "Weiter chatten",
  humanAsked: "Wir haben jemanden dazugebeten", transferred: "Sie werden an ein anderes Team weitergegeben", ticket: "Wir haben Ihr Anliegen notiert als Ticket", joined: "ist jetzt im Chat", returned: "Der Assistent ist wieder da", ended: "Der Chat ist beendet",
  sources: "Quellen", source: "Quelle", openPage: "Seite öffnen", passageGone: "Das Dokument hat sich seit dieser Antwort geändert.", loading: "Lädt", back: "Zurück zum Chat",
  allow: "Erlauben", decline: "Nein, danke", consentOn: "Erlaubt. Sie können das im Menü ändern.", consentOff: "Nicht erlaubt.", privacy: "Datenschutz",
  rateTitle: "Wie war dieser Chat?", rateHint: "1 ist schlecht, 5 ist gut", rateSend: "Senden", rateThanks: "Danke für die Rückmeldung.", rateComment: "Möchten Sie etwas ergänzen? (freiwillig)", rate1: "Sehr schlecht", rate2: "Schlecht", rate3: "In Ordnung", rate4: "Gut", rate5: "Sehr gut",
  yes: "Ja", no: "Nein", skip: "Überspringen", suggestions: "Vorgeschlagene Antworten", use: "Senden",
  orderNumber: "Bestellnummer", email: "E-Mail-Adresse", phone: "Telefonnummer", date: "Datum", quantity: "Anzahl", amount: "Betrag", postcode: "Postleitzahl", answer: "Ihre Antwort", example: "zum Beispiel",
  needValue: "Bitte ausfüllen.", badValue: "Das sieht nicht richtig aus; vergleichen Sie mit dem Beispiel.", badEmail: "Eine E-Mail-Adresse sieht aus wie name@example.com.", badPhone: "Eine Telefonnummer hat mindestens sechs Ziffern.", badNumber: "Bitte eine Zahl eingeben.", tooLong: "Das ist länger, als wir auf einmal lesen können.",
  order: "Bestellung", total: "Summe", due: "Erwartet bis", delivered: "Zugestellt", placed: "Bestellt", onTheWay: "Erwartet bis",
  processing: "Bestellt", packed: "Verpackt", shipped: "Unterwegs", cancelled: "Storniert",
  customer: "Sie", newMessages: "Neue Nachrichten", log: "Unterhaltung", retry: "Jetzt versuchen", unread: "ungelesen",
};

const ar: Words = {
  open: "فتح المحادثة", close: "إغلاق المحادثة", title: "محادثة", assistantRole: "مساعد رقمي", agentRole: "من فريقنا",
  placeholder: "اكتب رسالة", send: "إرسال", sending: "جارٍ الإرسال", sent: "أُرسلت", failed: "لم تُرسل", resend: "إعادة الإرسال", discard: "إزالة",
  typing: "يكتب", waiting: "سينضم إليك أحد الزملاء حالما يتفرغ. يمكنك متابعة الكتابة.", away: "لا يوجد اتصال. نحاول مجددًا", connecting: "جارٍ الاتصال", lost: "هذه المحادثة لم تعد متاحة.", endedNote: "انتهت هذه المحادثة.", startNew: "بدء محادثة جديدة",
  menu: "المزيد", download: "تنزيل نص المحادثة", endChat: "إنهاء المحادثة", endConfirm: "إنهاء هذه المحادثة؟", endYes: "إنهاء", endNo: "متابعة",
  humanAsked: "طلبنا من زميل الانضمام", transferred: "يجري تحويلك إلى فريق آخر", ticket: "سجلنا طلبك برقم", joined: "انضم إلى المحادثة", returned: "عاد المساعد", ended: "انتهت المحادثة",
  sources: "المصادر", source: "المصدر", openPage: "فتح الصفحة", passageGone: "تغيّر المستند منذ هذه الإجابة.", loading: "جارٍ التحميل", back: "العودة إلى المحادثة",
  allow: "أوافق", decline: "لا، شكرًا", consentOn: "تمت الموافقة. يمكنك تغيير ذلك من القائمة.", consentOff: "لم تتم الموافقة.", privacy: "الخصوصية",
  rateTitle: "كيف كانت هذه المحادثة؟", rateHint: "١ سيئة، ٥ جيدة", rateSend: "إرسال", rateThanks: "شكرًا لإخبارنا.", rateComment: "هل تود إضافة شيء؟ (اختياري)", rate1: "سيئة جدًا", rate2: "سيئة", rate3: "مقبولة", rate4: "جيدة", rate5: "جيدة جدًا",
  yes: "نعم", no: "لا", skip: "تخطٍّ", suggestions: "ردود مقترحة", use: "إرسال",
  orderNumber: "رقم الطلب", email: "البريد الإلكتروني", phone: "رقم الهاتف", date: "التاريخ", quantity: "العدد", amount: "المبلغ", postcode: "الرمز البريدي", answer: "إجابتك", example: "مثلًا",
  needValue: "يرجى ملء هذا الحقل.", badValue: "لا يبدو صحيحًا؛ قارنه بالمثال.", badEmail: "البريد الإلكتروني يشبه name@example.com.", badPhone: "رقم الهاتف ستة أرقام على الأقل.", badNumber: "يرجى كتابة رقم.", tooLong: "هذا أطول مما يمكننا قراءته مرة واحدة.",
  order: "الطلب", total: "المجموع", due: "متوقع بحلول", delivered: "تم التسليم", placed: "تاريخ الطلب", onTheWay: "متوقع بحلول",
  processing: "تم الطلب", packed: "تم التغليف", shipped: "في الطريق", cancelled: "ملغى",
  customer: "أنت", newMessages: "رسائل جديدة", log: "المحادثة", retry: "حاول الآن", unread: "غير مقروءة",
};

const all: Record<string, Words> = { en, de, ar };
const RTL = new Set(["ar", "fa", "he", "ur"]);

// The words of a BCP 47 tag, English where we have none.
export function wordsOf(language: string): Words {
  return all[language.toLowerCase().split("-")[0]!] ?? en;
}

export function isRightToLeft(language: string): boolean {
  return RTL.has(language.toLowerCase().split("-")[0]!);
}
