// Numbers as officials write them. Everything here works on the machine's decimal text, or on whole numbers of
// unlimited size: no figure ever passes through binary floating point.

const machineForm = /^-?[0-9]+(\.[0-9]+)?$/;

/** A decimal without a mark: "332.30" is 33230 with 2 digits after the mark. */
export interface Decimal {
  whole: bigint;
  digits: number;
}

export function isMachineNumber(text: string): boolean {
  return machineForm.test(text);
}

export function readDecimal(machine: string): Decimal | undefined {
  if (!isMachineNumber(machine)) return undefined;
  const mark = machine.indexOf(".");
  return mark < 0
    ? { whole: BigInt(machine), digits: 0 }
    : { whole: BigInt(machine.replace(".", "")), digits: machine.length - mark - 1 };
}

/** Back to the machine's text, with exactly so many digits as it has. */
export function printMachine({ whole, digits }: Decimal): string {
  if (digits === 0) return whole.toString();
  const sign = whole < 0n ? "-" : "";
  const text = (whole < 0n ? -whole : whole).toString().padStart(digits + 1, "0");
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The same number with so many digits after the mark; never fewer than it has. */
export function withDigits(number: Decimal, digits: number): Decimal {
  if (digits <= number.digits) return number;
  return { whole: number.whole * 10n ** BigInt(digits - number.digits), digits };
}

/** Below 0, 0 or above 0 as a is less than, equal to or greater than b. */
export function compareNumbers(a: string, b: string): number {
  const one = readDecimal(a);
  const other = readDecimal(b);
  if (one === undefined || other === undefined) return 0;
  const digits = Math.max(one.digits, other.digits);
  const difference = withDigits(one, digits).whole - withDigits(other, digits).whole;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isZero(machine: string): boolean {
  return /^-?0*(\.0*)?$/.test(machine);
}

/** "17893.3000" → "17.893,3". What is no number stays as it is; empty stays empty. */
export function showNumber(machine: string): string {
  if (!isMachineNumber(machine)) return machine;
  const negative = machine.startsWith("-");
  const [whole = "0", part = ""] = machine.replace("-", "").split(".");
  const digits = part.replace(/0+$/, "");
  const grouped = whole.replace(/^0+(?=[0-9])/, "").replace(/\B(?=([0-9]{3})+$)/g, ".");
  const shown = digits === "" ? grouped : `${grouped},${digits}`;
  return negative && !isZero(machine) ? `-${shown}` : shown;
}

/** With its sign: "+2,5", "-3", "0". */
export function showChange(machine: string): string {
  return isZero(machine) || machine.startsWith("-") ? showNumber(machine) : `+${showNumber(machine)}`;
}

export function showPercent(machine: string): string {
  return machine === "" ? "–" : `${showNumber(machine)}%`;
}

/** "17.893,5" → "17893.5". Undefined: not a number as officials write it. */
export function readNumber(text: string): string | undefined {
  const written = text.trim().replace(/\s/g, "");
  if (!/^-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?$/.test(written)) return undefined;
  return written
    .replace(/\./g, "")
    .replace(",", ".")
    .replace(/^(-?)0+(?=[0-9])/, "$1");
}

/**
 * How long a bar is, in percent of the longest: rounded to a hundredth, for drawing only. Between 0 and 100.
 */
export function barPercent(part: string, whole: string): number {
  const one = readDecimal(part);
  const all = readDecimal(whole);
  if (one === undefined || all === undefined || all.whole <= 0n || one.whole <= 0n) return 0;
  const digits = Math.max(one.digits, all.digits);
  const share = (withDigits(one, digits).whole * 10000n) / withDigits(all, digits).whole;
  return Math.min(Number(share), 10000) / 100;
}

/** The sum of some decimals, exactly. */
export function sum(machines: string[]): string {
  const all = machines.map((machine) => readDecimal(machine) ?? { whole: 0n, digits: 0 });
  const digits = Math.max(0, ...all.map((one) => one.digits));
  return printMachine({ whole: all.reduce((total, one) => total + withDigits(one, digits).whole, 0n), digits });
}

export function greatest(machines: string[]): string {
  return machines.reduce((best, one) => (compareNumbers(one, best) > 0 ? one : best), "0");
}
