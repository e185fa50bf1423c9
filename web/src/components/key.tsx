export function Key({ text }: { text: string }) {
  return (
    <kbd class="min-w-5.5 rounded-cell border border-edge px-1.5 text-center font-sans text-axis/5 text-ink2">{text}</kbd>
  );
}
