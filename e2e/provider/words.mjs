// The words of the sample provider's own pages. It is another organisation's site from the page's point of view, so it
// follows the browser's language and not the page's.

const WORDS = {
  en: {
    signInTitle: 'Sign in – sample provider',
    signIn: 'Sign in',
    about: 'This sample provider stands in for your organisation’s sign-in.',
    username: 'User name',
    password: 'Password',
    cancel: 'Cancel',
    refused: 'The user name or the password is not right.',
    expired: 'This sign-in is no longer open',
    expiredHelp: 'Go back to the portal and sign in from there.',
    signingOut: 'Signing out',
    signOut: 'Sign out',
    signOutQuestion: 'Sign out of the sample provider?',
    signedOut: 'You are signed out',
    error: 'The sign-in did not work',
  },
  ja: {
    signInTitle: 'サインイン – サンプル プロバイダー',
    signIn: 'サインイン',
    about: 'このサンプル プロバイダーは、組織のサインイン画面の代わりです。',
    username: 'ユーザー名',
    password: 'パスワード',
    cancel: 'キャンセル',
    refused: 'ユーザー名またはパスワードが正しくありません。',
    expired: 'このサインインはもう有効ではありません',
    expiredHelp: 'ポータルに戻り、もう一度サインインしてください。',
    signingOut: 'サインアウトしています',
    signOut: 'サインアウト',
    signOutQuestion: 'サンプル プロバイダーからサインアウトしますか?',
    signedOut: 'サインアウトしました',
    error: 'サインインできませんでした',
  },
};

/** The language and the words for a request. @returns {{ language: 'en' | 'ja', words: typeof WORDS.en }} */
export function wordsFor(ctx) {
  const language = ctx.acceptsLanguages('en', 'ja') || 'en';
  return { language, words: WORDS[language] };
}
