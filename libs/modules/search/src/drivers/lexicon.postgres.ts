import { Database, lockByName, type Transaction } from '@kilomega/database'
import { Injectable } from '@nestjs/common'
import { Any, LessThanOrEqual } from 'typeorm'
import { editVariants } from '../edit-variants.js'
import { LexiconChange } from '../tables/lexicon-change.entity.js'
import { LexiconWord } from '../tables/lexicon.entity.js'
import { wordsOf } from '../words-of.js'
import type { Words } from './put-documents.postgres.js'

/** A word in this many documents is meant as typed: it is not completed. */
const common = 10
/** A word must be this many times more frequent to replace one that exists but is most likely a misspelling in some document. */
const moreFrequent = 20
/** The maximum number of corrected words in one text: 500 variants each. */
const maxCorrected = 4

const completions = `
  SELECT word FROM search.lexicon
  WHERE word >= $1 AND word < $1 || chr(1114111) AND NOT EXISTS (SELECT FROM search.lexicon WHERE word = $1 AND documents >= $2)
  ORDER BY documents DESC, word LIMIT 10`

/** Two edits give too many variants to look up; instead the first letter is assumed to be right, and the words that start with it are compared. */
const near = `
  SELECT word FROM search.lexicon
  WHERE word >= left($1, 1) AND word < left($1, 1) || chr(1114111) AND length(word) BETWEEN length($1) - 2 AND length($1) + 2
    AND search.levenshtein_less_equal(word, $1, 2) <= 2
  ORDER BY documents DESC, word LIMIT 1`

const merge = `
  WITH taken AS (
    DELETE FROM search.lexicon_change WHERE id IN (SELECT id FROM search.lexicon_change ORDER BY id LIMIT 50) RETURNING words, documents
  ), change AS (
    SELECT word, sum(count)::int AS count FROM taken, unnest(words, documents) AS change (word, count) GROUP BY word HAVING sum(count) <> 0
  ), merged AS (
    INSERT INTO search.lexicon AS lexicon (word, documents) SELECT word, count FROM change ORDER BY word
    ON CONFLICT (word) DO UPDATE SET documents = lexicon.documents + excluded.documents
    RETURNING word, documents
  )
  SELECT coalesce(array_agg(word), '{}') AS gone FROM merged WHERE documents <= 0`

/** Words and the number of documents that contain them: the source of completions and corrections. */
@Injectable()
export class PostgresLexicon {
  constructor(private readonly database: Database) {}

  /** The most frequent words with this beginning; none if the beginning is a common word itself. */
  async completions(beginning: string): Promise<string[]> {
    const rows = await this.database.read((queryable) => queryable.query<{ word: string }>(completions, [beginning, common]))
    return rows.map(({ word }) => word)
  }

  /** The most likely replacements for words that no document contains, or hardly any: one edit away, or two for a long word. */
  async corrections(words: readonly string[]): Promise<Map<string, string>> {
    const variants = new Map([...new Set(words)].slice(0, maxCorrected).map((word) => [word, editVariants(word)]))
    const known = { where: { word: Any([...variants].flat(2)) }, order: { documents: 'DESC', word: 'ASC' } } as const
    const rows = await this.database.read(({ manager }) => manager.find(LexiconWord, known))
    const documents = new Map(rows.map((row) => [row.word, row.documents]))
    const corrections = new Map<string, string>()
    for (const [word, candidates] of variants) {
      const own = documents.get(word) ?? 0
      const among = new Set(candidates)
      const best = rows.find((row) => among.has(row.word) && row.documents >= own * moreFrequent)?.word
      const chosen = best ?? (own === 0 ? await this.nearest(word) : undefined)
      if (chosen !== undefined) corrections.set(word, chosen)
    }
    return corrections
  }

  /** Records changes of counts, which `settle` applies. */
  async note({ manager }: Transaction, added: readonly Words[], removed: readonly Words[]): Promise<void> {
    const counts = new Map<string, number>()
    count(counts, added, 1)
    count(counts, removed, -1)
    if (counts.size > 0) await manager.insert(LexiconChange, { words: [...counts.keys()], documents: [...counts.values()] })
  }

  /** Applies the recorded changes: 50 batches at a time, one transaction each. */
  async settle(): Promise<void> {
    while (await this.database.read(({ manager }) => manager.exists(LexiconChange))) await this.merge()
  }

  private merge(): Promise<void> {
    return this.database.write(async (transaction) => {
      // One at a time: two could count a word down before the other has counted it up, and delete it.
      await lockByName(transaction, 'search.lexicon')
      const [row] = await transaction.query<{ gone: string[] }>(merge)
      if (row!.gone.length > 0) await transaction.manager.delete(LexiconWord, { word: Any(row!.gone), documents: LessThanOrEqual(0) })
    })
  }

  private async nearest(word: string): Promise<string | undefined> {
    if (word.length < 6) return undefined
    const [row] = await this.database.read((queryable) => queryable.query<{ word: string }>(near, [word]))
    return row?.word
  }
}

function count(counts: Map<string, number>, documents: readonly Words[], step: 1 | -1): void {
  for (const { title, opening, category, tags } of documents) {
    for (const word of wordsOf([title, opening, category, ...(tags ?? [])].join(' '))) counts.set(word, (counts.get(word) ?? 0) + step)
  }
}
