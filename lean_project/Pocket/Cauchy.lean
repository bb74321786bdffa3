/-!
Cauchy sequences of rational numbers with their operations, and the order "at most, up to every ε", from which Real.lean
makes ℝ. Mathlib: `Mathlib/Algebra/Order/CauSeq/`.
-/

-- What `grind` asks for at each of its calls, found at once.
instance : Std.IsPreorder Rat := inferInstance
instance : Std.IsPartialOrder Rat := inferInstance
instance : Std.IsLinearPreorder Rat := inferInstance
instance : Lean.Grind.IsCharP Rat 0 := inferInstance

namespace Pocket

-- Estimates that the proofs below share.
theorem pos_half {ε : Rat} (h : 0 < ε) : 0 < ε / 2 := by grind
theorem pos_quarter {ε : Rat} (h : 0 < ε) : 0 < ε / 4 := by grind
theorem sub_self_lt (x : Rat) {ε : Rat} (h : 0 < ε) : x - x < ε := by grind
theorem lt_of_zero_add_lt {δ x : Rat} (h : 0 + δ < x) : δ < x := by rwa [Rat.zero_add] at h
theorem sub_lt_of_halves {x y z ε : Rat} (h : x - y < ε / 2) (k : y - z < ε / 2) : x - z < ε := by grind
theorem add_sub_add_lt_of_halves {x x' y y' ε : Rat} (h : x - x' < ε / 2) (k : y - y' < ε / 2) :
    x + y - (x' + y') < ε := by grind
theorem add_lt_of_quarters {u v ε : Rat} (h : u < ε / 4 + ε / 4) (k : v < ε / 4 + ε / 4) : u + v < ε := by grind
theorem neg_lt_sub {x y A : Rat} (h : y - x < A) : -A < x - y := by grind

/-- A Cauchy sequence of rational numbers. -/
structure Cau where
  f : Nat → Rat
  cau : ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ m n, N ≤ m → N ≤ n → f m - f n < ε

namespace Cau

protected def le (a b : Cau) : Prop := ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ n, N ≤ n → a.f n - b.f n < ε

theorem le_refl (a : Cau) : a.le a := fun _ h => ⟨0, fun _ _ => sub_self_lt _ h⟩

theorem le_trans {a b c : Cau} (h : a.le b) (h' : b.le c) : a.le c := by
  intro ε hε
  obtain ⟨N, hN⟩ := h (ε/2) (pos_half hε)
  obtain ⟨M, hM⟩ := h' (ε/2) (pos_half hε)
  exact ⟨N + M, fun n hn => sub_lt_of_halves (hN n (by omega)) (hM n (by omega))⟩

theorem gap_of_near {x x' y y' ε : Rat} (hε : 0 < ε) (h : ε ≤ x' - y') (hx : x' - x < ε / 4) (hy : y - y' < ε / 4) :
    y + ε / 4 < x := by grind

/-- What it means not to be at most: from some place on there is a gap. -/
theorem gap {a b : Cau} (h : ¬ a.le b) : ∃ ε : Rat, 0 < ε ∧ ∃ N : Nat, ∀ n, N ≤ n → b.f n + ε < a.f n := by
  simp only [Cau.le, Classical.not_forall, not_exists, Rat.not_lt] at h
  obtain ⟨ε, hε, h⟩ := h
  obtain ⟨N, hN⟩ := a.cau (ε/4) (pos_quarter hε)
  obtain ⟨M, hM⟩ := b.cau (ε/4) (pos_quarter hε)
  refine ⟨ε/4, pos_quarter hε, N + M, fun n hn => ?_⟩
  obtain ⟨m, hm, h⟩ := h (N + M)
  exact gap_of_near hε h (hN m n (by omega) (by omega)) (hM n m (by omega) (by omega))

theorem not_le_of_gap {a b : Cau} {ε : Rat} (hε : 0 < ε) {N : Nat} (h : ∀ n, N ≤ n → b.f n + ε < a.f n) : ¬ a.le b := by
  intro h'
  obtain ⟨M, hM⟩ := h' ε hε
  have h := h (N + M) (by omega)
  have k := hM (N + M) (by omega)
  clear hM h'
  grind

theorem le_total (a b : Cau) : a.le b ∨ b.le a := by
  by_cases h : a.le b
  · exact .inl h
  · obtain ⟨ε, hε, N, hN⟩ := gap h
    exact .inr fun δ hδ => ⟨N, fun n hn => by have := hN n hn; clear hN h; grind⟩

theorem le_of_eq {a b : Cau} (h : ∀ n, a.f n = b.f n) : a.le b := fun ε hε => ⟨0, fun n _ => by rw [h n]; exact sub_self_lt _ hε⟩

theorem bounded_of_near {x y : Rat} (h : x - y < 1) (h' : y - x < 1) :
    -((if 0 ≤ y then y else -y) + 1) ≤ x ∧ x ≤ (if 0 ≤ y then y else -y) + 1 := by grind

theorem bounded (a : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n → -B ≤ a.f n ∧ a.f n ≤ B := by
  obtain ⟨N, hN⟩ := a.cau 1 (by decide)
  refine ⟨(if 0 ≤ a.f N then a.f N else - a.f N) + 1, ?_, N, fun n hn => ?_⟩
  · clear hN; grind
  · exact bounded_of_near (hN n N hn (Nat.le_refl N)) (hN N n (Nat.le_refl N) hn)

instance setoid : Setoid Cau where
  r a b := a.le b ∧ b.le a
  iseqv := ⟨fun a => ⟨le_refl a, le_refl a⟩, fun h => ⟨h.2, h.1⟩, fun h h' => ⟨le_trans h.1 h'.1, le_trans h'.2 h.2⟩⟩

def ofRat (q : Rat) : Cau := ⟨fun _ => q, fun _ hε => ⟨0, fun _ _ _ _ => sub_self_lt q hε⟩⟩

def add (a b : Cau) : Cau := ⟨fun n => a.f n + b.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau (ε/2) (pos_half hε)
  obtain ⟨M, hM⟩ := b.cau (ε/2) (pos_half hε)
  exact ⟨N + M, fun m n hm hn =>
    add_sub_add_lt_of_halves (hN m n (by omega) (by omega)) (hM m n (by omega) (by omega))⟩⟩

def neg (a : Cau) : Cau := ⟨fun n => - a.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau ε hε
  exact ⟨N, fun m n hm hn => by have := hN n m hn hm; clear hN; grind⟩⟩

theorem add_le_add {a b : Cau} (c : Cau) (h : a.le b) : (a.add c).le (b.add c) := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by have := hN n hn; simp only [add]; clear hN; grind⟩

theorem neg_le_neg {a b : Cau} (h : a.le b) : b.neg.le a.neg := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by have := hN n hn; simp only [neg]; clear hN; grind⟩

/-- The one estimate about products. -/
theorem mul_lt {u v A B : Rat} (hA : 0 < A) (hB : 0 < B) (h₁ : -A < u) (h₂ : u < A) (h₃ : -B ≤ v) (h₄ : v ≤ B) :
    u * v < A * B + A * B := by
  have h := Rat.mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 (Rat.le_of_lt h₂)) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 h₃)
  have h' := Rat.mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 (Rat.le_of_lt h₁)) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 h₄)
  have := Rat.mul_pos hA hB
  clear h₁ h₂ h₃ h₄ hA hB
  grind

theorem pos_div {B ε : Rat} (hB : 0 < B) (hε : 0 < ε) : 0 < ε / (4 * B) := by
  rw [Rat.div_def]; exact Rat.mul_pos hε (Rat.inv_pos.2 (Rat.mul_pos (by decide) hB))
theorem div_mul_eq_quarter {B : Rat} (ε : Rat) (hB : 0 < B) : ε / (4 * B) * B = ε / 4 := by grind

theorem mul_near {x x' y y' B ε : Rat} (hB : 0 < B) (hε : 0 < ε) (hy : -B ≤ y ∧ y ≤ B) (hx : -B ≤ x' ∧ x' ≤ B)
    (h : x - x' < ε / (4 * B)) (h' : x' - x < ε / (4 * B)) (k : y - y' < ε / (4 * B)) (k' : y' - y < ε / (4 * B)) :
    x * y - x' * y' < ε := by
  have hA := pos_div hB hε
  have h₁ := mul_lt hA hB (neg_lt_sub h') h hy.1 hy.2
  have h₂ := mul_lt hA hB (neg_lt_sub k') k hx.1 hx.2
  rw [div_mul_eq_quarter ε hB] at h₁ h₂
  have := add_lt_of_quarters h₁ h₂
  rwa [show (x - x') * y + (y - y') * x' = x * y - x' * y' by clear this h₁ h₂ h h' k k' hx hy; grind] at this

theorem bounded₂ (a b : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n →
    (-B ≤ a.f n ∧ a.f n ≤ B) ∧ (-B ≤ b.f n ∧ b.f n ≤ B) := by
  obtain ⟨A, hA, N, hN⟩ := a.bounded
  obtain ⟨B, hB, M, hM⟩ := b.bounded
  exact ⟨A + B, by grind, N + M, fun n hn => by
    have := hN n (by omega); have := hM n (by omega); clear hN hM; grind⟩

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
    (hN _ (by omega)) (hM _ (by omega)) (sub_self_lt _ (pos_div hB hε)) (sub_self_lt _ (pos_div hB hε))⟩

theorem mul_lt_mul {x y δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (h : 0 + δ < x) (h' : 0 + ε < y) : 0 + δ * ε < x * y := by
  rw [Rat.zero_add] at *
  exact Std.lt_trans (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h' hδ)
    (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h (Std.lt_trans hε h'))

theorem mul_pos {a b : Cau} {δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) {M N : Nat}
    (h : ∀ n, M ≤ n → 0 + δ < a.f n) (h' : ∀ n, N ≤ n → 0 + ε < b.f n) :
    ∀ n, M + N ≤ n → 0 + δ * ε < (a.mul b).f n := fun n _ =>
  mul_lt_mul hδ hε (h n (by omega)) (h' n (by omega))

theorem inv_mul_lt_one {p δ : Rat} (hδ : 0 < δ) (h : δ < p) : δ * p⁻¹ < 1 := by
  have hp := Std.lt_trans hδ h
  rw [← Rat.mul_inv_cancel p (Rat.ne_of_gt hp)]
  exact Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h (Rat.inv_pos.2 hp)

theorem inv_near {p q δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (hp : δ < p) (hq : δ < q) (hd : q - p < ε * (δ * δ)) :
    p⁻¹ - q⁻¹ < ε := by
  have hp' := Std.lt_trans hδ hp
  have hq' := Std.lt_trans hδ hq
  have h1 : p⁻¹ - q⁻¹ = p⁻¹ * q⁻¹ * (q - p) := by
    have := Rat.ne_of_gt hp'; have := Rat.ne_of_gt hq'; clear hp hq hd hδ hε hp' hq'; grind
  have h2 := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left hd (Rat.mul_pos (Rat.inv_pos.2 hp') (Rat.inv_pos.2 hq'))
  have h3 : δ * p⁻¹ * (δ * q⁻¹) < 1 :=
    Std.lt_trans (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right (inv_mul_lt_one hδ hp) (Rat.mul_pos hδ (Rat.inv_pos.2 hq')))
      (by rw [Rat.one_mul]; exact inv_mul_lt_one hδ hq)
  have h4 := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h3 hε
  rw [Rat.mul_one] at h4
  rw [h1]
  refine Std.lt_trans h2 ?_
  rwa [show ε * (δ * p⁻¹ * (δ * q⁻¹)) = p⁻¹ * q⁻¹ * (ε * (δ * δ)) by
    generalize p⁻¹ = r; generalize q⁻¹ = s; clear h1 h2 h3 h4 hp hq hd hp' hq'; grind] at h4

/-- The inverse of a sequence that stays above `δ`. -/
def inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) : Cau :=
  ⟨fun n => (a.f n)⁻¹, fun ε hε => by
    obtain ⟨M, hM⟩ := a.cau _ (Rat.mul_pos hε (Rat.mul_pos hδ hδ))
    exact ⟨N + M, fun m n hm hn => inv_near hδ hε (lt_of_zero_add_lt (h m (by omega))) (lt_of_zero_add_lt (h n (by omega)))
      (hM n m (by omega) (by omega))⟩⟩

theorem mul_inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) :
    (a.mul (a.inv hδ h)).le (ofRat 1) ∧ (ofRat 1).le (a.mul (a.inv hδ h)) := by
  have : ∀ n, N ≤ n → a.f n * (a.f n)⁻¹ = 1 := fun n hn =>
    Rat.mul_inv_cancel _ (Rat.ne_of_gt (Std.lt_trans hδ (lt_of_zero_add_lt (h n hn))))
  constructor <;> intro ε hε <;> refine ⟨N, fun n hn => ?_⟩ <;> simp only [mul, inv, ofRat] <;> rw [this n hn]
    <;> exact sub_self_lt 1 hε

end Cau
end Pocket
