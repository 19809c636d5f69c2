using System.Collections;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Backend;

/// <summary>
/// Watches whether every tensor is on one device. Most operations of libtorch accept a tensor of the device <c>meta</c> beside one of the
/// processor in silence, so that a forward pass without an error proves nothing: here each parameter, each buffer, each tensor
/// that an object keeps otherwise and each layer's input is looked at.
/// </summary>
internal sealed class Placement
{
    /// <summary>Constants that stay on the processor, and that their owners copy to the device at each use.</summary>
    private static readonly string[] CopiedAtUse = ["._filter", "._levels", "._alphaBars", ".shift", ".scale"];

    private readonly List<nn.Module> _modules = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _elsewhere = [];

    /// <summary>A device that knows shapes and no values.</summary>
    public static Device Meta { get; } = new(DeviceType.META);

    /// <summary>What was found on another device.</summary>
    public IReadOnlyList<string> Elsewhere => _elsewhere;

    /// <summary>How many layers' inputs were looked at.</summary>
    public int Inputs { get; private set; }

    /// <summary>The modules that were found in objects.</summary>
    public IReadOnlyList<nn.Module> Modules => _modules;

    /// <summary>How many tensors were found in objects.</summary>
    public int Tensors { get; private set; }

    /// <summary>Looks at the inputs of every layer of a network from now on.</summary>
    public void Watch(nn.Module network)
    {
        foreach ((string name, nn.Module module) in network.named_modules().Prepend(("", network)))
        {
            string layer = $"{network.GetName()}.{name}";
            if (module is nn.Module<Tensor, Tensor> one)
            {
                one.register_forward_pre_hook((_, input) => Note(layer, input));
            }
            else if (module is nn.Module<Tensor, Tensor, Tensor> two)
            {
                two.register_forward_pre_hook((_, first, second) => (Note(layer, first), Note(layer, second)));
            }
        }
    }

    /// <summary>Looks at every tensor that an object keeps, itself or through its parts.</summary>
    public void Walk(object? value, string path)
    {
        if (value is null or string or Device || value.GetType().IsPrimitive || !_seen.Add(value))
        {
            return;
        }

        switch (value)
        {
            case Tensor tensor:
                Tensors++;
                Check(path, tensor);
                return;
            case nn.Module module:
                _modules.Add(module);
                foreach ((string name, Tensor tensor) in module.named_parameters()
                    .Select(pair => (pair.name, (Tensor)pair.parameter)).Concat(module.named_buffers().Select(pair => (pair.name, pair.buffer))))
                {
                    Tensors++;
                    Check($"{path}.{name}", tensor);
                }

                foreach ((string name, nn.Module part) in module.named_children())
                {
                    Walk(part, $"{path}.{name}");
                }

                break;
            case Delegate function:
                Walk(function.Target, $"{path}()");
                return;
            case IEnumerable many:
                foreach (object? each in many)
                {
                    Walk(each, $"{path}[]");
                }

                return;
        }

        // Fields of this project's own classes, and of the closures in its tests.
        for (Type? type = value.GetType(); type?.FullName?.StartsWith("CertiPure.", StringComparison.Ordinal) == true; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                Walk(field.GetValue(value), $"{path}.{field.Name}");
            }
        }
    }

    /// <summary>Looks at one tensor.</summary>
    public Tensor Note(string what, Tensor tensor)
    {
        Inputs++;
        Check(what, tensor);
        return tensor;
    }

    private void Check(string what, Tensor tensor)
    {
        if (!tensor.IsInvalid && tensor.device_type != DeviceType.META && !CopiedAtUse.Any(name => what.EndsWith(name, StringComparison.Ordinal)))
        {
            _elsewhere.Add($"{what} is on {tensor.device}");
        }
    }
}
