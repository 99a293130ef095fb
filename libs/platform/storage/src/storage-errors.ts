import { errors } from '@kilomega/ports'

export const storageErrors = errors({
  STORAGE_FULL: ['unavailable', 'There is no room to store this', 507],
  OBJECT_MISSING: ['missing', 'There are no such bytes'],
  OBJECT_TOO_LARGE: ['invalid', 'This is larger than allowed', 413],
})
