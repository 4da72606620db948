// Dates and times of the ISO calendar in the forms of their sigils. Another calendar, or fields that
// are not what they should be, print as a plain struct.

import type { Doc } from "./doc.ts";
import type { Fields } from "./inspect-struct.ts";
import { atomName, bytesOf, itemOf, smallInteger } from "./look.ts";

export function calendarForm(name: string, fields: Fields): Doc | undefined {
  if (atomName(fields.get("calendar")) !== "Elixir.Calendar.ISO") return undefined;
  switch (name) {
    case "Date":
      return sigil("D", dateText(fields));
    case "Time":
      return sigil("T", timeText(fields));
    case "NaiveDateTime":
      return sigil("N", dateTimeText(fields));
    case "DateTime":
      return zoned(fields);
    default:
      return undefined;
  }
}

function sigil(letter: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `~${letter}[${text}]`;
}

function zoned(fields: Fields): string | undefined {
  const text = dateTimeText(fields);
  const utcOffset = smallInteger(fields.get("utc_offset"));
  const standardOffset = smallInteger(fields.get("std_offset"));
  const zone = bytesOf(fields.get("time_zone"));
  const abbreviation = bytesOf(fields.get("zone_abbr"));
  if (text === undefined || zone === undefined || abbreviation === undefined) return undefined;
  if (utcOffset === undefined || standardOffset === undefined) return undefined;
  const zoneName = decoder.decode(zone);
  const seconds = utcOffset + standardOffset;
  if (seconds === 0 && zoneName === "Etc/UTC") return `~U[${text}Z]`;
  return `#DateTime<${text}${offsetText(seconds)} ${decoder.decode(abbreviation)} ${zoneName}>`;
}

const decoder = new TextDecoder();

function offsetText(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  return `${seconds < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

function dateTimeText(fields: Fields): string | undefined {
  const date = dateText(fields);
  const time = timeText(fields);
  return date === undefined || time === undefined ? undefined : `${date} ${time}`;
}

function dateText(fields: Fields): string | undefined {
  const year = smallInteger(fields.get("year"));
  const month = natural(fields, "month");
  const day = natural(fields, "day");
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return `${year < 0 ? "-" : ""}${pad(Math.abs(year), 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function timeText(fields: Fields): string | undefined {
  const hour = natural(fields, "hour");
  const minute = natural(fields, "minute");
  const second = natural(fields, "second");
  const microsecond = fields.get("microsecond");
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (microsecond?.kind !== "tuple") return undefined;
  const value = smallInteger(itemOf(microsecond, 0));
  const precision = smallInteger(itemOf(microsecond, 1));
  if (value === undefined || precision === undefined || value < 0 || precision < 0)
    return undefined;
  const fraction = precision === 0 ? "" : `.${pad(value, 6).slice(0, precision)}`;
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${fraction}`;
}

function natural(fields: Fields, name: string): number | undefined {
  const value = smallInteger(fields.get(name));
  return value === undefined || value < 0 ? undefined : value;
}

function pad(value: number, length: number): string {
  return value.toString().padStart(length, "0");
}
