/** Hashes passwords slowly, with a salt. All characters count; the same characters typed on different systems (NFC, NFD) are the same password. */
export abstract class PasswordHash {
  /** Returns text that contains algorithm, cost, salt and hash. */
  abstract hash(password: string): Promise<string>

  /** Whether a hash was made of this password. Without a hash the answer is false after the same time as with one, so that it does not reveal which accounts exist. */
  abstract verify(hash: string | null, password: string): Promise<boolean>
}
