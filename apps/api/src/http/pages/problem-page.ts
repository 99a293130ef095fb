import type { Page } from '@kilomega/http'
import { contentPolicy, escaped, htmlPage } from './look.js'

type Problem = Parameters<Page['problem']>[0]

interface Words {
  title: string
  body: string
}

const again = 'Open the link in the mail again, and press the button there.'

const wordsOf: Readonly<Record<string, Words>> = {
  RATE_LIMITED: { title: 'Too many tries', body: 'Wait a minute, and try again. Your link is still good.' },
  ORIGIN_NOT_ALLOWED: { title: 'This came from somewhere else', body: `The form was not sent from our own page, so nothing was done. ${again}` },
  NOT_OURS: { title: 'Something is wrong on our side', body: 'Try again later. If it happens again, tell us the number below.' },
  BUSY: { title: 'We are busy right now', body: 'Try again in a moment. Your link is still good, unless it has done its work by then.' },
  UNREADABLE: { title: 'This could not be read', body: `Nothing was done. ${again}` },
}

function general({ code, status }: Problem): Words {
  const name = status === 503 || status === 504 || status === 408 ? 'BUSY' : status >= 500 ? 'NOT_OURS' : 'UNREADABLE'
  return wordsOf[code] ?? wordsOf[name]!
}

/** Says what went wrong to a person; `words` are for problems that the page at hand knows more about, by code. The number finds the request in logs. */
export const pageWith = (words: Readonly<Record<string, Words>>): Page => ({
  contentPolicy,
  problem: (problem) => {
    const { title, body } = words[problem.code] ?? general(problem)
    return htmlPage(title, `<p>${body}</p>\n<p class="quiet">Number of this request: ${escaped(problem.requestId)}</p>`)
  },
})
