/** Judges how hard passwords are to guess. */
export abstract class PasswordStrength {
  /**
   * Whether a password is among the first guesses of an attacker who knows lists of leaked passwords and how people vary them, repeats, sequences, keyboard
   * rows and dates, and who tries `known` first: words that belong to the owner. Eight random characters are not weak. Takes little time for text of any
   * length, and judges a long one by its beginning.
   */
  abstract isWeak(password: string, known: readonly string[]): boolean
}
