// Floats in the shortest form that reads back the same, with Erlang's choice between 1000.0 and 1.0e16.

export function inspectFloat(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [digits = "0", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 ? "-" : "";
  const figures = digits.replace(".", "");
  const exponent = Number(exponentText);
  const plain = plainForm(figures, exponent);
  const scientific = `${digits.includes(".") ? digits : `${digits}.0`}e${exponent}`;
  // A large number is written out up to 16 digits; a small one when that is not longer.
  const isPlain = exponent < 0 ? plain.length <= scientific.length : exponent < 16;
  return sign + (isPlain ? plain : scientific);
}

function plainForm(figures: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${figures}`;
  const whole = figures.padEnd(exponent + 1, "0");
  const fraction = whole.slice(exponent + 1);
  return `${whole.slice(0, exponent + 1)}.${fraction === "" ? "0" : fraction}`;
}
