// The parts of OTLP/JSON that an export needs (opentelemetry-proto, trace/v1/trace.proto).

export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly boolValue: boolean };

export type OtlpAttribute = { readonly key: string; readonly value: OtlpValue };

export const SPAN_KIND = { INTERNAL: 1, SERVER: 2, CONSUMER: 5 } as const;
export const STATUS_CODE = { UNSET: 0, ERROR: 2 } as const;

export type OtlpLink = {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly OtlpAttribute[];
};

export type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  /** ns since 1970, decimal digits */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly OtlpAttribute[];
  }[];
  readonly links?: readonly OtlpLink[];
  readonly status: { readonly code: number; readonly message?: string };
};

export function attribute(key: string, value: string | number | boolean): OtlpAttribute {
  if (typeof value === "string") return { key, value: { stringValue: value } };
  if (typeof value === "number") return { key, value: { intValue: String(value) } };
  return { key, value: { boolValue: value } };
}
