import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockList, type BlockNode } from "./block-list.ts";

interface Named {
  readonly name: string;
  readonly priority?: number;
  call(this: void): number;
}

const block = (name: string, priority?: number): Named => ({
  name,
  call: () => 0,
  ...(priority !== undefined && { priority }),
});

function names(from: BlockNode<unknown, unknown> | null): string {
  const all: string[] = [];
  for (let at = from; at !== null; at = at.next) {
    all.push(at.block.name ?? "");
  }
  return all.join(" ");
}

function listOf(...blocks: readonly Named[]): BlockList<unknown, unknown> {
  const list = new BlockList<unknown, unknown>("raw chain");
  for (const each of blocks) {
    list.insert(each, false);
  }
  return list;
}

describe("insert()", () => {
  test("orders by falling priority, ties in order of registration", () => {
    const list = listOf(
      block("a"),
      block("low", -1),
      block("b", 0),
      block("high", 7),
      block("c"),
      block("high2", 7),
      block("low2", -1),
    );
    expect(names(list.head)).toBe("high high2 a b c low low2");
    expect(list.size).toBe(7);
  });

  test("finds a member that the kernel's walk would miss: one whose priority was raised", () => {
    const first = { name: "a", priority: 0, call: () => 0 };
    const list = listOf(block("high", 5), first);
    first.priority = 9;
    expect(() => list.insert(first, false)).toThrow('EEXIST: block "a" is on raw chain already');
    expect(names(list.head)).toBe("high a");
  });

  test("with unique, refuses a taken priority, but a member first of all", () => {
    const member = block("a", 3);
    const list = listOf(member, block("b", 2), block("c", 1));
    expect(() => list.insert(member, true)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(() => list.insert(block("d", 2), true)).toThrow(
      'EBUSY: priority 2 of raw chain is held by block "b", block "d" cannot have it',
    );
    expect(names(list.head)).toBe("a b c");
    list.insert(block("e", 0), true);
    list.insert(block("f", 4), true);
    expect(names(list.head)).toBe("f a b c e");
  });
});

describe("remove()", () => {
  test("leaves the removed node's own link as it was", () => {
    const [a, b, c] = [block("a"), block("b"), block("c")];
    const list = listOf(a, b, c);
    const node = list.remove(b);
    expect(names(list.head)).toBe("a c");
    expect(names(node)).toBe("b c");
  });

  test("keeps the end of the list right", () => {
    const [a, b] = [block("a"), block("b")];
    const list = listOf(a, b);
    list.remove(b);
    list.insert(block("c"), false);
    expect(names(list.head)).toBe("a c");
    list.remove(a);
    expect(names(list.head)).toBe("c");
  });

  test("throws ENOENT for a stranger and for a block that was removed", () => {
    const a = block("a");
    const list = listOf(a);
    list.remove(a);
    expect(() => list.remove(a)).toThrow('ENOENT: block "a" is not on raw chain');
    expect(list.head).toBeNull();
    expect(list.size).toBe(0);
  });
});

describe("forget()", () => {
  test("cuts a removed node loose", () => {
    const [a, b] = [block("a"), block("b")];
    const list = listOf(a, b);
    const node = list.remove(a);
    list.forget(node, node.removals);
    expect(node.next).toBeNull();
  });

  test("spares a node that was registered, or registered and removed, again", () => {
    const [a, b] = [block("a", 1), block("b")];
    const list = listOf(a, b);
    const node = list.remove(a);
    const first = node.removals;
    list.insert(a, false);
    list.forget(node, first);
    expect(names(list.head)).toBe("a b");
    list.remove(a);
    list.forget(node, first);
    expect(names(node)).toBe("a b");
  });
});

test("copy() is not changed by what happens to the list", () => {
  const [a, b] = [block("a"), block("b")];
  const list = listOf(a, b);
  const copy = list.copy();
  list.remove(a);
  list.insert(block("c", 9), false);
  expect(names(copy)).toBe("a b");
  expect(names(list.head)).toBe("c b");
});

test("keeps many blocks in the order that sorting them gives, whatever comes and goes", () => {
  const change = fc.record({ at: fc.nat(60), priority: fc.integer({ min: -4, max: 4 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const list = new BlockList<unknown, unknown>("raw chain");
      let members: Named[] = [];
      for (const { at, priority } of changes) {
        const name = `${at}`;
        const member = members.find((one) => one.name === name);
        if (member === undefined) {
          const added = block(name, priority);
          members = [...members, added].toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
          list.insert(added, false);
        } else {
          members = members.filter((one) => one !== member);
          list.remove(member);
        }
        expect(names(list.head)).toBe(members.map((one) => one.name).join(" "));
        expect(list.size).toBe(members.length);
      }
    }),
  );
});
