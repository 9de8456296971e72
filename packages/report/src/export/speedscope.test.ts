import { describe, expect, test } from "vitest";
import { ExportError } from "./export.ts";
import { buildModel, hostileModel, UNSEEN, written } from "./hostile.fixture.ts";
import { writeSpeedscope } from "./speedscope.ts";

interface File {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

describe("writeSpeedscope()", () => {
  test("has the hottest functions below their program, and what they leave", async () => {
    const file = JSON.parse(await written(writeSpeedscope, await hostileModel(["cc"]))) as File;
    const [byProgram, byTree] = file.profiles.map(({ samples, weights }) =>
      samples.map((stack, i) => [
        stack.map((place) => file.shared.frames[place]?.name).join(" > "),
        weights[i],
      ]),
    );
    expect(byProgram).toEqual([
      ["cc > cc", 20_000_000],
      ["cc > [others]", 10_000_000],
    ]);
    expect(byTree).toEqual([
      ["make > cc > cc", 20_000_000],
      ["make > cc > [others]", 10_000_000],
    ]);
    expect(file.profiles.map(({ endValue }) => endValue)).toEqual([30_000_000, 30_000_000]);
  });

  test("refuses a trace without samples, and says what records them", async () => {
    const pieces: string[] = [];
    const writing = writeSpeedscope(await buildModel(), (text) => void pieces.push(text));
    await expect(writing).rejects.toThrow(ExportError);
    await expect(writing).rejects.toThrow("--with profile");
    expect(pieces).toEqual([]);
  });

  test("has nothing unseen in it", async () => {
    expect(await written(writeSpeedscope, await hostileModel())).not.toMatch(UNSEEN);
  });
});
