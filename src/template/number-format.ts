/** Digits after the point exactly as Python rounds them: the true binary value, ties to even. */
export function toFixed(value: number, digits: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + fixedMagnitude(Math.abs(value), digits);
}

/** The exact decimal value of the double, rounded half to even, in integers. */
function fixedMagnitude(value: number, digits: number): string {
  const [mantissa, exponent] = decompose(value);
  let scaled = mantissa * 10n ** BigInt(digits);
  if (exponent >= 0) scaled <<= BigInt(exponent);
  else scaled = shiftRounding(scaled, BigInt(-exponent));
  const text = scaled.toString().padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function shiftRounding(value: bigint, shift: bigint): bigint {
  const floor = value >> shift;
  const rest = value - (floor << shift);
  const half = 1n << (shift - 1n);
  const up = rest > half || (rest === half && (floor & 1n) === 1n);
  return up ? floor + 1n : floor;
}

function decompose(value: number): [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0 ? [fraction, -1074] : [fraction | 0x10000000000000n, exponent - 1075];
}

function pythonExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

function general(value: number, precision: number, keepZeros: boolean): string {
  const digits = Math.max(precision, 1);
  const scientific = value.toExponential(digits - 1);
  const exponent = Number(scientific.split("e")[1]);
  const useExponent = exponent < -4 || exponent >= digits;
  const text = useExponent ? pythonExponent(scientific) : toFixed(value, digits - 1 - exponent);
  if (keepZeros || !text.includes(".")) return text;
  return text.replace(/\.?0+(?=e|$)/, "");
}

/** The conversions e, E, f, F, g and G of Python's formatting. */
export function formatFloat(value: number, type: string, precision: number, alternate: boolean): string {
  const upper = type === type.toUpperCase();
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
    return upper ? name.toUpperCase() : name;
  }
  const kind = type.toLowerCase();
  let text: string;
  if (kind === "f") text = toFixed(value, precision);
  else if (kind === "e") text = pythonExponent(value.toExponential(precision));
  else text = general(value, precision, alternate);
  if (kind !== "g" && alternate && precision === 0) text = text.replace(/(?=e|$)/, ".");
  return upper ? text.toUpperCase() : text;
}
