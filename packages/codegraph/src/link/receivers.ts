// Which modules' processes a receiver can mean: names looked up in the whole project.

import { assertNever, pushAll } from "@elixirscope/base";
import type { Receiver } from "./link-facts.ts";
import type { LinkedFile, ProjectIndex } from "./project-index.ts";
import { shapesMeet } from "./shape-match.ts";
import { atomText, parseShape } from "./shape.ts";

/** `null`: nothing is known; an empty list: it is known, and no process of this project. */
export type ReceiverModules = readonly string[] | null;

export class Receivers {
  readonly #index: ProjectIndex;
  readonly #names = new Map<string, Set<string>>();
  readonly #vias: { readonly name: string; readonly module: string }[] = [];
  readonly #topics: { readonly pubsub: string; readonly topic: string; readonly module: string }[] =
    [];
  /** by the text of a `via` name */
  readonly #answers = new Map<string, readonly string[]>();
  /** by the texts of a server and a topic */
  readonly #subscribers = new Map<string, readonly string[]>();

  constructor(files: readonly LinkedFile[], index: ProjectIndex) {
    this.#index = index;
    for (const { links } of files) {
      for (const { name, module } of links.registered) this.#register(name, module);
      for (const { children } of links.supervisors) {
        for (const { name, module } of children) {
          if (name !== null && module !== null) this.#register(name, module);
        }
      }
      pushAll(this.#topics, links.subscriptions);
    }
  }

  #register(name: string, module: string): void {
    if (name.startsWith("{")) {
      this.#vias.push({ name, module });
      return;
    }
    const modules = this.#names.get(name);
    if (modules === undefined) this.#names.set(name, new Set([module]));
    else modules.add(module);
  }

  /** Of names and topics; `self` and `unknown` are up to who asks. */
  modulesOf(receiver: Receiver): ReceiverModules {
    switch (receiver.kind) {
      case "module":
        return this.#named(receiver.module, receiver.module);
      case "name":
        return this.#named(atomText(receiver.name), null);
      case "process":
        return [receiver.module];
      case "via":
        return this.#via(receiver.text);
      case "topic":
        return this.#topic(receiver.pubsub, receiver.topic);
      case "self":
      case "unknown":
        return null;
      default:
        return assertNever(receiver);
    }
  }

  #named(name: string, module: string | null): ReceiverModules {
    const registered = this.#names.get(name);
    if (registered !== undefined) return [...registered];
    if (module === null) return null;
    return this.#index.module(module) === undefined ? [] : [module];
  }

  /** `{:via, PartitionSupervisor, {Name, key}}` reaches a child; which, its supervisor knows. */
  #via(text: string): ReceiverModules {
    const known = this.#answers.get(text);
    if (known !== undefined) return known;
    const shape = parseShape(text);
    const found = new Set(
      this.#vias
        .filter(({ name }) => shapesMeet(shape, parseShape(name)))
        .map(({ module }) => module),
    );
    const answer = [...found];
    this.#answers.set(text, answer);
    return answer.length === 0 ? null : answer;
  }

  #topic(pubsub: string, topic: string): ReceiverModules {
    const key = `${pubsub}\u0000${topic}`;
    const known = this.#subscribers.get(key);
    if (known !== undefined) return known;
    const shapes = [parseShape(pubsub), parseShape(topic)] as const;
    const found = this.#topics.filter(
      (one) =>
        shapesMeet(shapes[0], parseShape(one.pubsub)) &&
        shapesMeet(shapes[1], parseShape(one.topic)),
    );
    const answer = [...new Set(found.map(({ module }) => module))];
    this.#subscribers.set(key, answer);
    return answer;
  }
}
