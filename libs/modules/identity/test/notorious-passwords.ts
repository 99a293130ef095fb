/** From lists of leaked passwords of several years, with variations that people use where a rule requires digits and symbols. */
const words = `
  12345678 123456789 1234567890 0987654321 987654321 00000000 11111111 1111111111 22222222 99999999 11112222 11223344 12341234 12344321 123123123
  123321123 121212121 112233445566 147258369 159753456 741852963 789456123 12345678901234567890 19851985 01011990 20202020 abcdefgh abcdefghij
  abcd1234 abc123abc abcabcabc aaaaaaaa aaaaaaaaa asdfasdf asdf1234 asdfghjkl qwertyui qwertyuiop qwerty123 qwerty12345 Qwerty1! qwertz123 azertyuiop
  qweqweqwe 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz!QAZ !QAZ2wsx 1qaz2wsx3edc zaq12wsx qazwsxedc zxcvbnm1 zxcvbnm123 poiuytrewq mnbvcxz1 lkjhgfdsa password
  Password Password1 Password12 password! password1! Password@123 Password2024 passw0rd Passw0rd! P@ssw0rd P@ssw0rd1 P@$$w0rd pa$$word1
  passwordpassword pass1234 admin123 Admin@123 administrator root1234 guest123 default1 changeme changeme1 letmein123 Welcome1 Welcome@123 iloveyou
  iloveyou1 sunshine1 princess1 monkey123 dragon123 football1 baseball1 superman1 batman123 starwars1 pokemon123 trustno1 trustno1! whatever1 freedom1
  master123 shadow123 michael1 jennifer1 jordan23 charlie1 computer1 internet1 chocolate1 liverpool1 hello1234 hellohello helloworld test1234 temp1234
  user1234 login123 server01 secret123 hunter2hunter2 Company1 company123 Summer2024 Summer2025! Winter2026 december2024 January1 monday123
  motdepasse passwort1 kilomega Kilomega1 Kilomega1! ada12345 adalovelace lovelace1 Ada-1234`

export const notorious: readonly string[] = [...words.trim().split(/\s+/), ' '.repeat(8)]
