// A short two-tone sound, made in the browser; nothing is loaded.
export function chime(): void {
  try {
    const audio = new AudioContext();
    const now = audio.currentTime;
    for (const [at, tone] of [[0, 660], [0.14, 880]] as const) {
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      oscillator.frequency.value = tone;
      gain.gain.setValueAtTime(0.0001, now + at);
      gain.gain.exponentialRampToValueAtTime(0.18, now + at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.3);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(now + at);
      oscillator.stop(now + at + 0.32);
    }
    setTimeout(() => void audio.close(), 1000);
  } catch {
    // No sound here; the notification and the mark in the queue remain.
  }
}
