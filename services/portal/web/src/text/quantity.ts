// Figures as they are shown: as the official wrote them if they did, else by the number.
import type { Quantity } from "../api/quantity";
import { showNumber } from "./number";

const qualifiers: Record<string, string> = {
  QUALIFIER_AT_LEAST: "trên ",
  QUALIFIER_NEARLY: "gần ",
  QUALIFIER_ABOUT: "khoảng ",
};

/** "trên 4.268 tỷ đồng", "Chưa báo cáo". */
export function showQuantity(quantity: Quantity | undefined, withMeasure = true): string {
  switch (quantity?.state) {
    case undefined:
    case "STATE_UNSPECIFIED":
    case "STATE_NOT_REPORTED":
      return "chưa báo cáo";
    case "STATE_NOT_ASSIGNED":
      return "không được giao";
    case "STATE_NOT_COMPUTABLE":
      return "không tính được";
    case "STATE_VALUE":
      break;
  }
  const number = (qualifiers[quantity.qualifier] ?? "") + showNumber(quantity.value);
  if (!withMeasure || quantity.measure === "") return number;
  return quantity.measure === "%" || quantity.measure === "‰"
    ? `${number}${quantity.measure}`
    : `${number} ${quantity.measure}`;
}
