import { expect, it } from "vitest";
import { SentMessages } from "./sent-messages.ts";

it("pairs equal messages to one process first in, first out", () => {
  const sent = new SentMessages();
  sent.add(7, 1234, 1, 10);
  sent.add(7, 1234, 2, 20);
  sent.add(8, 1234, 3, 5);
  expect(sent.take(7, 1234, 30)).toBe(1);
  expect(sent.take(7, 1234, 30)).toBe(2);
  expect(sent.take(7, 1234, 30)).toBe(0);
  expect(sent.take(8, 1234, 30)).toBe(3);
});

it("never pairs a receive with a later send", () => {
  const sent = new SentMessages();
  sent.add(7, 1234, 1, 10);
  expect(sent.take(7, 1234, 9)).toBe(0);
  expect(sent.take(7, 1234, 10)).toBe(1);
});

it("gives up the oldest of what nobody receives", () => {
  const sent = new SentMessages(100);
  for (let i = 1; i <= 250; i++) sent.add(i, 1, i, i);
  expect(sent.take(1, 1, 1e9)).toBe(0);
  expect(sent.take(150, 1, 1e9)).toBe(0);
  expect(sent.take(151, 1, 1e9)).toBe(151);
  expect(sent.take(250, 1, 1e9)).toBe(250);
});
