using System.Reflection.Emit;

namespace EtchStream.Tests;

/// <summary>Steps through CIL code (ECMA-335, partition III) and finds the operands that are metadata tokens.</summary>
internal static class IlOperands
{
    private const int TwoByteLead = 0xFE;

    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoByte = new OpCode[256];

    static IlOperands()
    {
        foreach (var field in typeof(OpCodes).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            if (code.Size == 1) OneByte[code.Value & 0xFF] = code;
            else TwoByte[code.Value & 0xFF] = code;
        }
    }

    /// <summary>Offsets of the tokens in a method's code.</summary>
    public static IEnumerable<int> Tokens(byte[] code)
    {
        for (var position = 0; position < code.Length;)
        {
            var op = code[position] == TwoByteLead ? TwoByte[code[position + 1]] : OneByte[code[position]];
            position += op.Size;
            switch (op.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return position;
                    position += 4;
                    break;
                case OperandType.InlineSwitch:
                    position += 4 + (4 * BitConverter.ToInt32(code, position));
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    position += 8;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    position += 1;
                    break;
                case OperandType.InlineVar:
                    position += 2;
                    break;
                default:
                    position += 4;
                    break;
            }
        }
    }
}
