#include "tools/crm/schema.h"

namespace frontdesk::tools {

std::string_view CrmSchema() {
  return R"sql(
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  given_name TEXT NOT NULL DEFAULT '',
  family_name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT 'en',
  created_at TEXT NOT NULL DEFAULT '2020-01-01',
  street TEXT NOT NULL DEFAULT '',
  city TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT 'IE'
);

CREATE TABLE products (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  category TEXT NOT NULL DEFAULT '',
  about TEXT NOT NULL DEFAULT '',
  price INTEGER NOT NULL DEFAULT 0,
  people INTEGER,
  guarantee_years INTEGER NOT NULL DEFAULT 2,
  clearance INTEGER NOT NULL DEFAULT 0,
  returnable INTEGER NOT NULL DEFAULT 1,
  bulky INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE variants (
  sku TEXT PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products(id),
  size TEXT NOT NULL DEFAULT '',
  colour TEXT NOT NULL DEFAULT '',
  price INTEGER NOT NULL DEFAULT 0,
  stock INTEGER NOT NULL DEFAULT 0,
  restock_on TEXT
);
CREATE INDEX variants_by_product ON variants(product_id);

-- status: processing, packed, shipped, delivered, cancelled
CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers(id),
  status TEXT NOT NULL DEFAULT 'processing',
  placed_at TEXT NOT NULL,
  promised_on TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  shipping INTEGER NOT NULL DEFAULT 0,
  express INTEGER NOT NULL DEFAULT 0,
  payment_method TEXT NOT NULL DEFAULT 'card',
  charged INTEGER NOT NULL DEFAULT 0,
  street TEXT NOT NULL DEFAULT '',
  city TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT 'IE',
  cancelled_at TEXT,
  cancel_reason TEXT
);
CREATE INDEX orders_by_customer ON orders(customer_id, placed_at);
CREATE TABLE order_lines (
  order_id TEXT NOT NULL REFERENCES orders(id),
  line INTEGER NOT NULL DEFAULT 1,
  sku TEXT NOT NULL DEFAULT '',
  product_id TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  size TEXT NOT NULL DEFAULT '',
  colour TEXT NOT NULL DEFAULT '',
  quantity INTEGER NOT NULL DEFAULT 1,
  unit_price INTEGER NOT NULL DEFAULT 0,
  clearance INTEGER NOT NULL DEFAULT 0,
  returnable INTEGER NOT NULL DEFAULT 1,
  returned INTEGER NOT NULL DEFAULT 0,
  exchanges INTEGER NOT NULL DEFAULT 0,
  damage_reported INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (order_id, line)
) WITHOUT ROWID;

-- status: label_created, in_transit, out_for_delivery, at_parcel_point, delivered, exception
CREATE TABLE shipments (
  order_id TEXT PRIMARY KEY REFERENCES orders(id),
  carrier TEXT NOT NULL DEFAULT 'Green Heron Parcels',
  tracking_number TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'in_transit',
  shipped_at TEXT,
  delivered_at TEXT,
  delivered_to TEXT NOT NULL DEFAULT ''
);
CREATE TABLE tracking_events (
  order_id TEXT NOT NULL REFERENCES shipments(order_id),
  at TEXT NOT NULL,
  place TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tracking_by_order ON tracking_events(order_id, at);

-- status: label_sent, arrived, checked, refunded
CREATE TABLE returns (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders(id),
  status TEXT NOT NULL DEFAULT 'label_sent',
  reason TEXT NOT NULL DEFAULT 'other',
  comment TEXT NOT NULL DEFAULT '',
  remedy TEXT NOT NULL DEFAULT 'money',
  amount INTEGER NOT NULL DEFAULT 0,
  label_fee INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  send_by TEXT,
  arrived_at TEXT
);
CREATE INDEX returns_by_order ON returns(order_id);
CREATE TABLE return_lines (
  return_id TEXT NOT NULL REFERENCES returns(id),
  line INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (return_id, line)
) WITHOUT ROWID;
CREATE TABLE exchanges (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders(id),
  line INTEGER NOT NULL,
  from_sku TEXT NOT NULL,
  to_sku TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'label_sent',
  fee INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  reserved_until TEXT
);
CREATE INDEX exchanges_by_order ON exchanges(order_id);
-- status: awaiting_parcel, checking, sent, failed
CREATE TABLE refunds (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders(id),
  return_id TEXT,
  amount INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'checking',
  remedy TEXT NOT NULL DEFAULT 'money',
  method TEXT NOT NULL DEFAULT 'card',
  reason TEXT NOT NULL DEFAULT 'return',
  requested_at TEXT NOT NULL,
  arrived_at TEXT,
  sent_at TEXT
);
CREATE INDEX refunds_by_order ON refunds(order_id);
CREATE TABLE damage_reports (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders(id),
  line INTEGER NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT 'replacement',
  created_at TEXT NOT NULL
);
CREATE INDEX damage_by_order ON damage_reports(order_id);

-- kind: order, subscription; status: open, paid, disputed, credited (overdue is computed)
CREATE TABLE invoices (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers(id),
  kind TEXT NOT NULL DEFAULT 'order',
  order_id TEXT,
  about TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'paid',
  issued_on TEXT NOT NULL,
  due_on TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  vat_percent INTEGER NOT NULL DEFAULT 23,
  method TEXT NOT NULL DEFAULT 'card'
);
CREATE INDEX invoices_by_customer ON invoices(customer_id, issued_on);
CREATE INDEX invoices_by_order ON invoices(order_id);
CREATE TABLE invoice_lines (
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  line INTEGER NOT NULL DEFAULT 1,
  text TEXT NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 1,
  amount INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (invoice_id, line)
) WITHOUT ROWID;
CREATE TABLE payments (
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  at TEXT NOT NULL,
  amount INTEGER NOT NULL,
  method TEXT NOT NULL DEFAULT 'card'
);
CREATE INDEX payments_by_invoice ON payments(invoice_id);
CREATE TABLE disputes (
  id TEXT PRIMARY KEY,
  invoice_id TEXT NOT NULL REFERENCES invoices(id),
  reason TEXT NOT NULL DEFAULT 'other',
  comment TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'open',
  created_at TEXT NOT NULL
);
CREATE INDEX disputes_by_invoice ON disputes(invoice_id);

CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  rank INTEGER NOT NULL,
  month_price INTEGER NOT NULL,
  year_price INTEGER NOT NULL
);
-- status: active, paused, ending, suspended, ended
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers(id),
  plan_id TEXT NOT NULL DEFAULT 'ridge',
  status TEXT NOT NULL DEFAULT 'active',
  period TEXT NOT NULL DEFAULT 'month',
  started_on TEXT NOT NULL,
  renews_on TEXT,
  paused_from TEXT,
  paused_until TEXT,
  ends_on TEXT,
  next_plan_id TEXT,
  failed_payments INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX subscriptions_by_customer ON subscriptions(customer_id, started_on);

-- status: open, waiting_for_customer, answered, closed
CREATE TABLE tickets (
  id TEXT PRIMARY KEY,
  customer_id TEXT,
  contact TEXT NOT NULL DEFAULT '',
  order_note TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL,
  details TEXT NOT NULL DEFAULT '',
  team TEXT NOT NULL DEFAULT 'service',
  priority TEXT NOT NULL DEFAULT 'normal',
  status TEXT NOT NULL DEFAULT 'open',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX tickets_by_customer ON tickets(customer_id, created_at);
CREATE TABLE callbacks (
  id TEXT PRIMARY KEY,
  customer_id TEXT,
  phone TEXT NOT NULL,
  day TEXT NOT NULL,
  part TEXT NOT NULL DEFAULT 'morning',
  topic TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'booked',
  created_at TEXT NOT NULL
);
CREATE INDEX callbacks_by_phone ON callbacks(phone, day);

-- rule: late_parcel, plan_upgrade, accessory, win_back, tier, welcome
CREATE TABLE offers (
  id TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  code TEXT NOT NULL,
  percent INTEGER,
  amount INTEGER,
  product_id TEXT,
  needs_product_id TEXT,
  needs_tier TEXT,
  valid_days INTEGER NOT NULL DEFAULT 14,
  priority INTEGER NOT NULL DEFAULT 0,
  ends_on TEXT
);
CREATE TABLE offer_acceptances (
  offer_id TEXT NOT NULL REFERENCES offers(id),
  customer_id TEXT NOT NULL REFERENCES customers(id),
  at TEXT NOT NULL,
  code TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  PRIMARY KEY (offer_id, customer_id)
) WITHOUT ROWID;
CREATE TABLE leads (
  id TEXT PRIMARY KEY,
  customer_id TEXT,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL,
  company TEXT NOT NULL DEFAULT '',
  interest TEXT NOT NULL DEFAULT '',
  quantity INTEGER,
  budget INTEGER,
  timeframe TEXT,
  score INTEGER NOT NULL DEFAULT 0,
  grade TEXT NOT NULL DEFAULT 'cold',
  created_at TEXT NOT NULL,
  contact_by TEXT
);

CREATE TABLE opt_outs (
  customer_id TEXT NOT NULL REFERENCES customers(id),
  channel TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (customer_id, channel)
) WITHOUT ROWID;
CREATE TABLE consents (
  customer_id TEXT NOT NULL REFERENCES customers(id),
  purpose TEXT NOT NULL,
  granted INTEGER NOT NULL DEFAULT 1,
  at TEXT NOT NULL,
  source TEXT NOT NULL DEFAULT 'account',
  PRIMARY KEY (customer_id, purpose)
) WITHOUT ROWID;
CREATE TABLE feathers (
  customer_id TEXT NOT NULL REFERENCES customers(id),
  earned_on TEXT NOT NULL,
  feathers INTEGER NOT NULL,
  about TEXT NOT NULL DEFAULT ''
);
CREATE INDEX feathers_by_customer ON feathers(customer_id, earned_on);
CREATE TABLE privacy_requests (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers(id),
  kind TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open',
  created_at TEXT NOT NULL,
  due_on TEXT NOT NULL
);
CREATE INDEX privacy_by_customer ON privacy_requests(customer_id);
CREATE TABLE outbox (
  at TEXT NOT NULL,
  customer_id TEXT,
  kind TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT ''
);

-- Counters of the numbers given to new things, by letter.
CREATE TABLE numbers (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
-- What became of a write, by its key; committed together with the write.
CREATE TABLE done_writes (
  key TEXT PRIMARY KEY,
  tool TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  arguments_sha256 TEXT NOT NULL,
  result TEXT NOT NULL,
  at TEXT NOT NULL
) WITHOUT ROWID;
)sql";
}

}  // namespace frontdesk::tools
