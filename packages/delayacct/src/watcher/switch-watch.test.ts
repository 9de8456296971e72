import { expect, test } from "vitest";
import type { DelayAccountingState } from "../switch/sysctl.ts";
import { SwitchWatch } from "./switch-watch.ts";

function setUp(first: DelayAccountingState) {
  const machine = { state: first, nowNs: 10n, reads: 0 };
  const read = (): DelayAccountingState => {
    machine.reads++;
    return machine.state;
  };
  return { machine, watch: new SwitchWatch(read, () => machine.nowNs) };
}

test("On for a whole life needs a read after its end; one serves all that ended before", () => {
  const { machine, watch } = setUp("on");
  machine.nowNs = 40n;
  expect(watch.during(20n, 30n)).toBe("on");
  expect(watch.during(25n, 35n)).toBe("on");
  expect(machine.reads).toBe(2);
});

test("Turned off during a life, what was counted is not all; a later life had it off", () => {
  const { machine, watch } = setUp("on");
  Object.assign(machine, { state: "off", nowNs: 40n });
  expect(watch.during(20n, 30n)).toBe("changed");
  expect(watch.wasTurnedOff).toBe(true);
  machine.nowNs = 60n;
  expect(watch.during(50n, 55n)).toBe("off");
});

test("Turned on during a life, it is not all; before it and unseen, it is not known", () => {
  const { machine, watch } = setUp("off");
  Object.assign(machine, { state: "on", nowNs: 40n });
  expect(watch.during(5n, 30n)).toBe("changed");
  expect(watch.during(20n, 30n)).toBe("unknown");
  expect(watch.wasTurnedOff).toBe(false);
});

test("Of a task that was there before, nobody knows", () => {
  expect(setUp("on").watch.during(5n, 9n)).toBe("unknown");
  expect(setUp("unknown").watch.during(20n, 30n)).toBe("unknown");
});
