/-!
Cauchy sequences of rational numbers with their operations, and the order "at most, up to every ε", from which Real.lean
makes ℝ. Mathlib: `Mathlib/Algebra/Order/CauSeq/`.
-/

namespace Pocket

/-- A Cauchy sequence of rational numbers. -/
structure Cau where
  f : Nat → Rat
  cau : ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ m n, N ≤ m → N ≤ n → f m - f n < ε

namespace Cau

protected def le (a b : Cau) : Prop := ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ n, N ≤ n → a.f n - b.f n < ε

theorem le_refl (a : Cau) : a.le a := fun ε h => ⟨0, by grind⟩

theorem le_trans {a b c : Cau} (h : a.le b) (h' : b.le c) : a.le c := by
  intro ε hε
  obtain ⟨N, hN⟩ := h (ε/2) (by grind)
  obtain ⟨M, hM⟩ := h' (ε/2) (by grind)
  exact ⟨N + M, fun n hn => by have := hN n (by omega); have := hM n (by omega); grind⟩

/-- What it means not to be at most: from some place on there is a gap. -/
theorem gap {a b : Cau} (h : ¬ a.le b) : ∃ ε : Rat, 0 < ε ∧ ∃ N : Nat, ∀ n, N ≤ n → b.f n + ε < a.f n := by
  simp only [Cau.le, Classical.not_forall, not_exists, Rat.not_lt] at h
  obtain ⟨ε, hε, h⟩ := h
  obtain ⟨N, hN⟩ := a.cau (ε/4) (by grind)
  obtain ⟨M, hM⟩ := b.cau (ε/4) (by grind)
  refine ⟨ε/4, by grind, N + M, fun n hn => ?_⟩
  obtain ⟨m, hm, h⟩ := h (N + M)
  have := hN m n (by omega) (by omega)
  have := hM n m (by omega) (by omega)
  grind

theorem not_le_of_gap {a b : Cau} {ε : Rat} (hε : 0 < ε) {N : Nat} (h : ∀ n, N ≤ n → b.f n + ε < a.f n) : ¬ a.le b := by
  intro h'
  obtain ⟨M, hM⟩ := h' ε hε
  have := h (N + M) (by omega)
  have := hM (N + M) (by omega)
  grind

theorem le_total (a b : Cau) : a.le b ∨ b.le a := by
  by_cases h : a.le b
  · exact .inl h
  · obtain ⟨ε, hε, N, hN⟩ := gap h
    exact .inr fun δ hδ => ⟨N, fun n hn => by have := hN n hn; grind⟩

theorem le_of_eq {a b : Cau} (h : ∀ n, a.f n = b.f n) : a.le b := fun ε hε => ⟨0, fun n _ => by rw [h n]; grind⟩

theorem bounded (a : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n → -B ≤ a.f n ∧ a.f n ≤ B := by
  obtain ⟨N, hN⟩ := a.cau 1 (by grind)
  refine ⟨(if 0 ≤ a.f N then a.f N else - a.f N) + 1, by grind, N, fun n hn => ?_⟩
  have := hN n N hn (by omega)
  have := hN N n (by omega) hn
  grind

instance setoid : Setoid Cau where
  r a b := a.le b ∧ b.le a
  iseqv := ⟨fun a => ⟨le_refl a, le_refl a⟩, fun h => ⟨h.2, h.1⟩, fun h h' => ⟨le_trans h.1 h'.1, le_trans h'.2 h.2⟩⟩

def ofRat (q : Rat) : Cau := ⟨fun _ => q, fun ε hε => ⟨0, by grind⟩⟩

def add (a b : Cau) : Cau := ⟨fun n => a.f n + b.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau (ε/2) (by grind)
  obtain ⟨M, hM⟩ := b.cau (ε/2) (by grind)
  exact ⟨N + M, fun m n hm hn => by
    have := hN m n (by omega) (by omega); have := hM m n (by omega) (by omega); grind⟩⟩

def neg (a : Cau) : Cau := ⟨fun n => - a.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau ε hε
  exact ⟨N, fun m n hm hn => by have := hN n m (by omega) (by omega); grind⟩⟩

theorem add_le_add {a b : Cau} (c : Cau) (h : a.le b) : (a.add c).le (b.add c) := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by have := hN n hn; simp only [add]; grind⟩

theorem neg_le_neg {a b : Cau} (h : a.le b) : b.neg.le a.neg := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by have := hN n hn; simp only [neg]; grind⟩

/-- The one estimate about products. -/
theorem mul_lt {u v A B : Rat} (hA : 0 < A) (hB : 0 < B) (h₁ : -A < u) (h₂ : u < A) (h₃ : -B ≤ v) (h₄ : v ≤ B) :
    u * v < A * B + A * B := by
  have h := Rat.mul_nonneg (a := A - u) (b := B + v) (by grind) (by grind)
  have h' := Rat.mul_nonneg (a := A + u) (b := B - v) (by grind) (by grind)
  have := Rat.mul_pos hA hB
  grind

theorem mul_near {x x' y y' B ε : Rat} (hB : 0 < B) (hε : 0 < ε) (hy : -B ≤ y ∧ y ≤ B) (hx : -B ≤ x' ∧ x' ≤ B)
    (h : x - x' < ε / (4 * B)) (h' : x' - x < ε / (4 * B)) (k : y - y' < ε / (4 * B)) (k' : y' - y < ε / (4 * B)) :
    x * y - x' * y' < ε := by
  have hA : 0 < ε / (4 * B) := by
    rw [Rat.div_def]; exact Rat.mul_pos hε (Rat.inv_pos.2 (by grind))
  have e : ε / (4 * B) * B = ε / 4 := by grind
  have h₁ := mul_lt hA hB (u := x - x') (v := y) (by grind) h hy.1 hy.2
  have h₂ := mul_lt hA hB (u := y - y') (v := x') (by grind) k hx.1 hx.2
  grind

theorem pos_div {B ε : Rat} (hB : 0 < B) (hε : 0 < ε) : 0 < ε / (4 * B) := by
  rw [Rat.div_def]; exact Rat.mul_pos hε (Rat.inv_pos.2 (by grind))

theorem bounded₂ (a b : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n →
    (-B ≤ a.f n ∧ a.f n ≤ B) ∧ (-B ≤ b.f n ∧ b.f n ≤ B) := by
  obtain ⟨A, hA, N, hN⟩ := a.bounded
  obtain ⟨B, hB, M, hM⟩ := b.bounded
  exact ⟨A + B, by grind, N + M, fun n hn => by
    have := hN n (by omega); have := hM n (by omega); grind⟩

def mul (a b : Cau) : Cau := ⟨fun n => a.f n * b.f n, fun ε hε => by
  obtain ⟨B, hB, K, hK⟩ := bounded₂ a b
  obtain ⟨N, hN⟩ := a.cau _ (pos_div hB hε)
  obtain ⟨M, hM⟩ := b.cau _ (pos_div hB hε)
  exact ⟨N + M + K, fun m n hm hn => mul_near hB hε (hK m (by omega)).2 (hK n (by omega)).1
    (hN _ _ (by omega) (by omega)) (hN _ _ (by omega) (by omega)) (hM _ _ (by omega) (by omega))
    (hM _ _ (by omega) (by omega))⟩⟩

theorem mul_le_mul {a b : Cau} (c : Cau) (h : a.le b) (h' : b.le a) : (a.mul c).le (b.mul c) := fun ε hε => by
  obtain ⟨B, hB, K, hK⟩ := bounded₂ b c
  obtain ⟨N, hN⟩ := h _ (pos_div hB hε)
  obtain ⟨M, hM⟩ := h' _ (pos_div hB hε)
  exact ⟨N + M + K, fun n hn => mul_near hB hε (hK n (by omega)).2 (hK n (by omega)).1
    (hN _ (by omega)) (hM _ (by omega)) (by have := pos_div hB hε; grind) (by have := pos_div hB hε; grind)⟩

theorem mul_pos {a b : Cau} {δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) {M N : Nat}
    (h : ∀ n, M ≤ n → 0 + δ < a.f n) (h' : ∀ n, N ≤ n → 0 + ε < b.f n) :
    ∀ n, M + N ≤ n → 0 + δ * ε < (a.mul b).f n := fun n hn => by
  have h := h n (by omega); have h' := h' n (by omega)
  have := Rat.mul_pos (a := a.f n - δ) (b := b.f n) (by grind) (by grind)
  have := Rat.mul_pos (a := δ) (b := b.f n - ε) (by grind) (by grind)
  simp only [mul]; grind

theorem inv_near {p q δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (hp : δ < p) (hq : δ < q) (hd : q - p < ε * (δ * δ)) :
    p⁻¹ - q⁻¹ < ε := by
  have hpi : 0 < p⁻¹ := Rat.inv_pos.2 (by grind)
  have hqi : 0 < q⁻¹ := Rat.inv_pos.2 (by grind)
  have h1 : p⁻¹ - q⁻¹ = (p⁻¹ * q⁻¹) * (q - p) := by grind
  have h2 := Rat.mul_pos (Rat.mul_pos hpi hqi) (show 0 < ε * (δ * δ) - (q - p) by grind)
  have h3 := Rat.mul_pos (show 0 < p - δ by grind) hpi
  have h4 := Rat.mul_pos (show 0 < q - δ by grind) hqi
  have h5 := Rat.mul_pos (show 0 < 1 - δ * p⁻¹ by grind) (Rat.mul_pos hε (Rat.mul_pos hδ hqi))
  have h6 := Rat.mul_pos (show 0 < 1 - δ * q⁻¹ by grind) hε
  generalize p⁻¹ = r at *
  generalize q⁻¹ = s at *
  clear hp hq hd h3 h4
  grind

/-- The inverse of a sequence that stays above `δ`. -/
def inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) : Cau :=
  ⟨fun n => (a.f n)⁻¹, fun ε hε => by
    obtain ⟨M, hM⟩ := a.cau _ (Rat.mul_pos hε (Rat.mul_pos hδ hδ))
    exact ⟨N + M, fun m n hm hn => inv_near hδ hε (by have := h m (by omega); grind) (by have := h n (by omega); grind)
      (hM n m (by omega) (by omega))⟩⟩

theorem mul_inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) :
    (a.mul (a.inv hδ h)).le (ofRat 1) ∧ (ofRat 1).le (a.mul (a.inv hδ h)) := by
  have : ∀ n, N ≤ n → a.f n * (a.f n)⁻¹ = 1 := fun n hn => by have := h n hn; grind
  constructor <;> intro ε hε <;> refine ⟨N, fun n hn => ?_⟩ <;> have := this n hn <;> simp only [mul, inv, ofRat] <;> grind

end Cau
end Pocket
