// The standings that are counted, in the order in which they are shown. What is not scored stands apart.
import type { ReviewLine, Standing } from "../api/review";

export interface Group {
  standing: Standing;
  name: string;
  /** Of its colour and pattern. */
  look: string;
}

export const groups: Group[] = [
  { standing: "STANDING_REACHED", name: "Đạt chỉ tiêu năm", look: "reached" },
  { standing: "STANDING_ON_PACE", name: "Đúng tiến độ", look: "on-pace" },
  { standing: "STANDING_BEHIND", name: "Chậm tiến độ", look: "behind" },
  { standing: "STANDING_NOT_REPORTED", name: "Chưa báo cáo", look: "not-reported" },
  { standing: "STANDING_NOT_COMPUTABLE", name: "Không đối chiếu được", look: "not-computable" },
];

export const uncounted: Group[] = [
  { standing: "STANDING_INFORMATIONAL", name: "Thông tin, không tính điểm", look: "" },
  { standing: "STANDING_NOT_ASSIGNED", name: "Không được giao", look: "" },
  { standing: "STANDING_VOIDED", name: "Đã đưa ra khỏi giao ước", look: "" },
];

export function countOf(lines: ReviewLine[], standing: Standing): number {
  return lines.filter((line) => line.standing === standing).length;
}

export function counted(lines: ReviewLine[]): ReviewLine[] {
  return lines.filter((line) => groups.some((group) => group.standing === line.standing));
}

export interface UnitLines {
  unit: string;
  name: string;
  lines: ReviewLine[];
}

/** In the order in which the units come. */
export function byUnit(lines: ReviewLine[]): UnitLines[] {
  const units: UnitLines[] = [];
  for (const line of lines) {
    const known = units.find((one) => one.unit === line.target.unit);
    if (known) known.lines.push(line);
    else units.push({ unit: line.target.unit, name: line.unitDisplayName, lines: [line] });
  }
  return units;
}
