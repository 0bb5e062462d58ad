// A slider over exact decimals: it moves in whole steps, so that every figure it gives is exact. The number field
// beside it takes what lies between.
import { type Decimal, printMachine, readDecimal, withDigits } from "../text/number";

export interface Scale {
  /** Of the step and of every figure. */
  digits: number;
  /** One step, as a whole number of the smallest digit. */
  step: bigint;
  /** The last position; the first is 0. */
  positions: number;
}

const mostPositions = 200n;

/** 1, 2, 5, 10, 20, 50, … of the smallest digit, so that the slider has not too many positions. */
function stepFor(whole: bigint): bigint {
  for (let ten = 1n; ; ten *= 10n) {
    for (const step of [ten, 2n * ten, 5n * ten]) {
      if (whole / step <= mostPositions) return step;
    }
  }
}

/** From 0 to half as much again as the greatest of these figures. */
export function scaleOf(figures: string[]): Scale {
  const read = figures.map(readDecimal).filter((one): one is Decimal => one !== undefined && one.whole > 0n);
  const digits = Math.max(0, ...read.map((one) => one.digits));
  const greatest = read
    .map((one) => withDigits(one, digits).whole)
    .reduce((most, one) => (one > most ? one : most), 0n);
  const whole = greatest === 0n ? 100n : (greatest * 3n + 1n) / 2n;
  return stretch(whole, stepFor(whole), digits);
}

/** From 0 to the most, in given steps. */
export function scaleTo(most: string, step: string): Scale {
  const one = readDecimal(most) ?? { whole: 100n, digits: 0 };
  const each = readDecimal(step);
  const digits = Math.max(one.digits, each?.digits ?? 0);
  const whole = withDigits(one, digits).whole;
  return stretch(whole, each && each.whole > 0n ? withDigits(each, digits).whole : stepFor(whole), digits);
}

function stretch(whole: bigint, step: bigint, digits: number): Scale {
  return { digits, step, positions: Number((whole + step - 1n) / step) };
}

export function figureAt(scale: Scale, position: number): string {
  return printMachine({ whole: BigInt(position) * scale.step, digits: scale.digits });
}

/** The nearest position, for drawing; the figure itself stays what it is. */
export function positionOf(scale: Scale, figure: string): number {
  const read = readDecimal(figure);
  if (!read || read.whole <= 0n) return 0;
  const digits = Math.max(read.digits, scale.digits);
  const step = withDigits({ whole: scale.step, digits: scale.digits }, digits).whole;
  const position = (withDigits(read, digits).whole * 2n + step) / (2n * step);
  return position > BigInt(scale.positions) ? scale.positions : Number(position);
}
