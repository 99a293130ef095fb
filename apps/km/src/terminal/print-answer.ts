/** Prints a result: as one JSON document for programs, otherwise as text for people. */
export const printAnswer = (json: boolean, value: unknown, text: () => string): void => {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`)
}
