// The clients of both services over gRPC-Web, and what they share: tokens, errors, ids.
import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

// token: asked before each call; undefined: none.
export function openTransport(baseUrl: string, token: () => string | undefined): Transport {
  const authorize: Interceptor = (next) => (request) => {
    const bearer = token();
    if (bearer) request.header.set("authorization", `Bearer ${bearer}`);
    return next(request);
  };
  return createGrpcWebTransport({ baseUrl, interceptors: [authorize] });
}

// 32 random hexadecimal digits: a request_id (AIP-155).
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// What to do about a failed call.
// retry: the network or the server is away for a while; wait: it asks for patience;
// gone: the token or the conversation is no longer good; never: the request is wrong.
export type Verdict = "retry" | "wait" | "gone" | "never";

export function judge(error: unknown): Verdict {
  const code = ConnectError.from(error).code;
  switch (code) {
    case Code.ResourceExhausted:
      return "wait";
    case Code.Unauthenticated:
    case Code.PermissionDenied:
    case Code.NotFound:
      return "gone";
    case Code.InvalidArgument:
    case Code.FailedPrecondition:
    case Code.AlreadyExists:
    case Code.OutOfRange:
    case Code.Unimplemented:
      return "never";
    default:
      return "retry";
  }
}

export function reasonOf(error: unknown): string {
  return ConnectError.from(error).rawMessage;
}

// Milliseconds before try number `failures` (from 1): doubling from half a second to
// ten seconds, with a spread so that many clients do not return at once.
export function backoff(failures: number): number {
  const base = Math.min(10_000, 500 * 2 ** Math.min(failures - 1, 6));
  return base * (0.75 + Math.random() * 0.5);
}

// Resolves after `ms`, or at once when the page comes back, goes online, or `signal` aborts.
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", seen);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const seen = () => document.visibilityState === "visible" && done();
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", seen);
    signal?.addEventListener("abort", done);
  });
}
