import { escaped, htmlPage } from './html-page.js'
import { pageWith } from './problem-page.js'

const brokenLink = 'This link does not work'

/** The times are those of `lifetimesS` in the module identity. */
export const verifyPage = pageWith({
  INVALID_TOKEN: {
    title: brokenLink,
    body: 'It works once, for 24 hours, and only if it is complete. If you have pressed the button before, your address is confirmed: sign in. If not, register again to get a new link.',
  },
})
export const resetPage = pageWith({
  INVALID_TOKEN: {
    title: brokenLink,
    body: 'It works once, for 30 minutes, and only if it is complete. Your password was not changed. To change it, request a new mail.',
  },
})

/** The address is relative, so that forms also work if the API is served below a path. */
const form = (action: string, token: string, content: string): string =>
  `<form method="post" action="${action}"><input type="hidden" name="token" value="${escaped(token)}">${content}</form>`

export const confirmForm = (token: string): string =>
  htmlPage(
    'Confirm your address',
    `<p>One step is left: confirm that this address is yours to open your account.</p>
${form('verify', token, '<button>Confirm this address</button>')}`,
  )

export const confirmed = (): string => htmlPage('Your address is confirmed', '<p>Your account is open. You can close this page and sign in.</p>')

export const passwordForm = (token: string, wrong?: string): string => {
  const invalid = wrong === undefined ? '' : ' aria-invalid="true" aria-describedby="hint wrong"'
  const field = (name: string, label: string, described: string) =>
    `<label for="${name}">${label}</label>${described}
<input id="${name}" name="${name}" type="password" autocomplete="new-password" required minlength="8" maxlength="256"${invalid || ' aria-describedby="hint"'}>`
  return htmlPage(
    'Choose a new password',
    `${wrong === undefined ? '' : `<p class="wrong" id="wrong" role="alert">${escaped(wrong)}</p>\n`}<p>It replaces your old one, and you will be signed out everywhere.</p>
${form(
  'reset',
  token,
  `
${field('password', 'New password', '<p class="quiet hint" id="hint">At least 8 characters. Passwords that are easy to guess are refused.</p>')}
${field('repeated', 'New password again', '')}
<button>Save the new password</button>`,
)}`,
  )
}

export const passwordSaved = (): string =>
  htmlPage('Your password is changed', '<p>You were signed out everywhere. You can close this page and sign in with the new password.</p>')
