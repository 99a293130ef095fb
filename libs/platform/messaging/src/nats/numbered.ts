/** Numbers begin again after this one: V8 keeps no larger integer without a box. */
export const maxNumber = 2 ** 30 - 1
/** The most that a number adds to a message, bytes. */
export const maxNumberBytes = String(maxNumber).length + 1

export interface Numbered {
  /** Nothing where the message does not begin with one. */
  number: number | undefined
  text: string
}

/** A message whose first line is the number of a call: who answers gives it back, so that a late reply is not taken for that of another call. */
export const numbered = (number: number, text: string): string => `${number}\n${text}`

export function readNumbered(message: string): Numbered {
  const end = message.indexOf('\n')
  if (end < 1 || end >= maxNumberBytes) return { number: undefined, text: message }
  const number = integerIn(message, end)
  return number >= 1 && number <= maxNumber ? { number, text: message.slice(end + 1) } : { number: undefined, text: message }
}

/** Digits and nothing else: `Number` would also take spaces, signs, fractions and powers. */
function integerIn(message: string, end: number): number {
  let value = 0
  for (let index = 0; index < end; index += 1) {
    const digit = message.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}
